/* SPDX-License-Identifier: MIT */
/*
 * The sweep looks for containers of this instance that no slot answers for:
 * left by an earlier life, or by a client that was killed in the middle. It
 * does so at start, at stop and periodically, and sees only containers with the
 * instance's label. The images' IDs are looked up on the same occasion.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/upkeep/upkeep.h"

/* At start and stop, for all containers together. */
#define REMOVE_ALL_US (30 * 1000 * 1000)

static bool
is_ours_now(const struct supervisor *sup, const char *name)
{
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		if (sup->pool.slots[i].state != SLOT_EMPTY &&
		    strcmp(sup->boxes[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool
lists(const char *listing, const char *name)
{
	size_t len = strlen(name);
	const char *at = strstr(listing, name);

	/* A longer name may begin like this one. */
	while (at != NULL && strchr("\n", at[len]) == NULL)
		at = strstr(at + len, name);
	return at != NULL;
}

/*
 * Picks from docker ps the containers that no slot answers for, and returns how
 * many names it copied. A container that --rm is just about to remove looks
 * like that, too: unless before is NULL, only those are taken that this earlier
 * listing had already.
 */
static size_t
pick_orphans(const struct supervisor *sup, char *listing, const char *before,
    char names[DOCKER_REMOVE_MAX][DOCKER_NAME_MAX])
{
	size_t count = 0;
	char *rest = listing;
	char *name;

	while ((name = strsep(&rest, "\n")) != NULL) {
		if (!docker_name_is_sane(name) || is_ours_now(sup, name) ||
		    (before != NULL && !lists(before, name)))
			continue;
		if (count < DOCKER_REMOVE_MAX)
			(void)snprintf(
			    names[count++], DOCKER_NAME_MAX, "%s", name);
	}
	return count;
}

void
sweep_begin(struct supervisor *sup, uint64_t now_us)
{
	/* The last sweep may still list, look up images or remove. */
	bool is_late = sup->sweeper.pid != -1 || sup->inspector.pid != -1;

	sup->next_sweep_us = now_us +
			     (is_late
				     ? SWEEP_SOON_US
				     : (uint64_t)sup->config.sweep_interval_ms *
					   1000);
	images_begin(sup);
	if (sup->sweeper.pid != -1)
		return;
	sup->sweep_is_listing = true;
	if (docker_list(&sup->docker, &sup->sweeper) == -1)
		log_warning(strerror(errno), "sweep-not-started");
}

uint64_t
sweep_settle(struct supervisor *sup, uint64_t now_us)
{
	uint64_t next_us = IO_FOREVER;

	if (!sup->stopping) {
		if (sup->is_docker_in_doubt)
			sup->next_sweep_us = earlier_us(
			    sup->next_sweep_us, now_us + SWEEP_SOON_US);
		sup->is_docker_in_doubt = false;
		if (sup->next_sweep_us <= now_us)
			sweep_begin(sup, now_us);
		next_us = sup->next_sweep_us;
	}
	next_us = earlier_us(
	    next_us, docker_client_settle(&sup->sweeper, now_us));
	return earlier_us(
	    next_us, docker_client_settle(&sup->inspector, now_us));
}

/* A container that cannot be removed takes a client all of its time: after each
 * failure in a row another container comes first. */
static int
remove_some(const struct supervisor *sup, struct docker_client *client,
    char names[][DOCKER_NAME_MAX], size_t count, uint32_t failures)
{
	size_t first = failures % count;

	return docker_remove(
	    &sup->docker, client, names + first, count - first);
}

static void
on_listing(struct supervisor *sup, int status)
{
	char names[DOCKER_REMOVE_MAX][DOCKER_NAME_MAX];
	char listing[DOCKER_OUTPUT_MAX];
	char before[DOCKER_OUTPUT_MAX];
	size_t count;

	docker_client_end(&sup->sweeper, listing, sizeof(listing));
	if (status != 0) {
		log_warning(listing, "sweep-failed");
		sup->sweep_was_vain = true;
		sup->next_sweep_us = io_now_us() + SWEEP_SOON_US;
		return;
	}
	if (sup->sweep_was_vain)
		ending_retry_quarantined(sup);
	sup->sweep_was_vain = false;
	memcpy(before, sup->last_listing, sizeof(before));
	memcpy(sup->last_listing, listing, sizeof(listing));
	count = pick_orphans(sup, listing, before, names);
	if (count == 0)
		return;
	log_notice(NULL, "orphans-removed count=%zu first=%s", count, names[0]);
	sup->sweep_is_listing = false;
	if (remove_some(sup, &sup->sweeper, names, count, sup->sweeps_failed) ==
	    -1)
		log_warning(strerror(errno), "orphans-not-removed");
	/* Perhaps there are more than go into one command, or it fails. */
	sup->next_sweep_us = io_now_us() + SWEEP_SOON_US;
}

bool
sweep_on_exit(struct supervisor *sup, pid_t pid, int status)
{
	if (pid == sup->sweeper.pid && sup->sweep_is_listing) {
		on_listing(sup, status);
	} else if (pid == sup->sweeper.pid) {
		if (status != 0)
			log_warning("docker rm failed", "orphans-not-removed");
		sup->sweeps_failed = status != 0 ? sup->sweeps_failed + 1 : 0;
		docker_client_finish(&sup->sweeper);
	} else {
		return false;
	}
	return true;
}

/* Slot directories of an earlier life; nobody else writes there. */
static void
remove_old_dirs(const struct supervisor *sup, const char *kind)
{
	char path[CONFIG_STRING_MAX + 8];
	struct dirent *entry;
	DIR *dir;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", sup->config.run_dir, kind);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd != -1)
			(void)unlinkat(fd, "s", 0);
		fd_close(&fd);
		if (unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR) == -1)
			log_warning(strerror(errno),
			    "slot-directory-stays name=%s", entry->d_name);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

/* Lists and removes until nothing is listed; waits for each client. */
static int
remove_all(struct supervisor *sup)
{
	char names[DOCKER_REMOVE_MAX][DOCKER_NAME_MAX];
	char listing[DOCKER_OUTPUT_MAX];
	struct docker_client client;
	uint64_t deadline_us = io_now_us() + REMOVE_ALL_US;
	uint32_t failures = 0;
	size_t count;
	int status;

	while (io_now_us() < deadline_us) {
		if (docker_list(&sup->docker, &client) == -1)
			return -1;
		status = docker_wait(&client);
		docker_client_end(&client, listing, sizeof(listing));
		if (status != 0) {
			log_error(listing, "docker-failed command=ps");
			return -1;
		}
		count = pick_orphans(sup, listing, NULL, names);
		if (count == 0)
			return 0;
		log_notice(NULL, "leftovers-removed count=%zu", count);
		if (remove_some(sup, &client, names, count, failures) == -1)
			return -1;
		/* To docker rm a container that is being removed is an error.
		 */
		if (docker_wait(&client) != 0) {
			failures++;
			(void)usleep(100 * 1000);
		}
		docker_client_finish(&client);
	}
	log_error("docker rm did not remove all containers in time",
	    "docker-failed command=rm");
	return -1;
}

int
sweep_at_start(struct supervisor *sup)
{
	if (remove_all(sup) == -1)
		return -1;
	remove_old_dirs(sup, "slots");
	remove_old_dirs(sup, "nets");
	return 0;
}

void
sweep_at_stop(struct supervisor *sup)
{
	uint32_t i;

	/* From here on no slot answers for any container. */
	for (i = 0; i < box_count(sup); i++) {
		(void)pool_end(&sup->pool, i, io_now_us());
		(void)pool_empty(&sup->pool, i, io_now_us());
	}
	if (remove_all(sup) == -1)
		log_error("containers may be left, the next start removes them",
		    "stop-incomplete");
	remove_old_dirs(sup, "slots");
	remove_old_dirs(sup, "nets");
}
