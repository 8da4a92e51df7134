/* SPDX-License-Identifier: MIT */
/*
 * The responders as processes: fork, drop every right, exec; reap, respawn
 * with back-off. What they say is monitor.c's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "supervisor/supervisor.h"

/* A responder that lives shorter than this died of something: microseconds. */
#define QUICK_DEATH_US (1000 * 1000)
#define RESPAWN_MIN_US (50 * 1000)
#define RESPAWN_MAX_US (5 * 1000 * 1000)

static void
clear(struct supervisor *sup, struct responder *responder)
{
	supervisor_close(sup, &responder->channel_fd);
	responder->state = RESPONDER_IDLE;
	responder->slot = POOL_NONE;
	responder->probing_until_us = 0;
	responder->release_by_us = IO_FOREVER;
}

static int
spawn(struct supervisor *sup, uint32_t index)
{
	struct responder *responder = &sup->responders[index];
	int pair[2] = { -1, -1 };

	responder->respawn_us = IO_FOREVER;
	responder->spawned_us = io_now_us();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	if (supervisor_watch(sup, pair[0], EPOLLIN, EVENT_RESPONDER, index) ==
	    0)
		responder->pid = fork();
	if (responder->pid == 0)
		launch_responder(sup, pair[1]);
	fd_close(&pair[1]);
	if (responder->pid == -1) {
		supervisor_close(sup, &pair[0]);
		return -1;
	}
	responder->channel_fd = pair[0];
	return 0;
}

static void
spawn_or_later(struct supervisor *sup, uint32_t index)
{
	if (spawn(sup, index) == 0)
		return;
	log_error(strerror(errno), "responder-not-started worker=%u", index);
	sup->responders[index].respawn_us = io_now_us() + RESPAWN_MAX_US;
}

void
responders_start(struct supervisor *sup)
{
	uint32_t i;

	sup->responder_count = RESPONDERS_FOR(
	    sup->config.running, sup->config.queue);
	if (sup->responder_count > RESPONDERS_MAX)
		sup->responder_count = RESPONDERS_MAX;
	for (i = 0; i < sup->responder_count; i++) {
		sup->responders[i].pid = -1;
		sup->responders[i].channel_fd = -1;
		clear(sup, &sup->responders[i]);
		spawn_or_later(sup, i);
	}
}

void
responders_respawn(struct supervisor *sup, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < sup->responder_count && !sup->stopping; i++) {
		if (sup->responders[i].pid == -1 &&
		    sup->responders[i].respawn_us <= now_us)
			spawn_or_later(sup, i);
	}
}

void
responders_enforce(struct supervisor *sup, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		if (sup->responders[i].release_by_us <= now_us)
			responders_end(sup, i, "it keeps a lease that is over");
	}
}

uint64_t
responders_next_event_us(const struct supervisor *sup)
{
	uint64_t next_us = IO_FOREVER;
	const struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (!sup->stopping && responder->pid == -1 &&
		    responder->respawn_us < next_us)
			next_us = responder->respawn_us;
		if (responder->release_by_us < next_us)
			next_us = responder->release_by_us;
	}
	return next_us;
}

/* Frees what a responder holds or waits for. */
static void
abandon(struct supervisor *sup, uint32_t index)
{
	struct responder *responder = &sup->responders[index];

	(void)pool_dequeue(&sup->pool, index);
	if (responder->state == RESPONDER_LEASED)
		sup->metrics.leases_lost++;
	if (responder->state == RESPONDER_LEASED &&
	    responder->slot != POOL_NONE)
		ending_begin(sup, responder->slot);
	clear(sup, responder);
}

void
responders_end(struct supervisor *sup, uint32_t index, const char *why)
{
	struct responder *responder = &sup->responders[index];

	if (why != NULL)
		log_error(why, "responder-ended worker=%u pid=%d", index,
		    (int)responder->pid);
	abandon(sup, index);
	if (responder->pid != -1)
		(void)kill(responder->pid, SIGKILL);
}

static void
schedule_respawn(struct responder *responder, uint64_t now_us)
{
	uint64_t wait_us = RESPAWN_MIN_US;
	uint32_t i;

	if (now_us - responder->spawned_us >= QUICK_DEATH_US) {
		responder->quick_deaths = 0;
		responder->respawn_us = now_us;
		return;
	}
	for (i = 0; i < responder->quick_deaths && wait_us < RESPAWN_MAX_US;
	     i++)
		wait_us *= 2;
	responder->quick_deaths += responder->quick_deaths < 32;
	responder->respawn_us = now_us + (wait_us < RESPAWN_MAX_US
						 ? wait_us
						 : RESPAWN_MAX_US);
}

bool
responders_on_exit(struct supervisor *sup, pid_t pid, int status)
{
	struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (responder->pid != pid)
			continue;
		sup->metrics.responder_deaths += !sup->stopping;
		if (!sup->stopping)
			log_warning(NULL,
			    "responder-died worker=%u pid=%d %s=%d", i,
			    (int)pid, WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status)
					      : WTERMSIG(status));
		abandon(sup, i);
		responder->pid = -1;
		schedule_respawn(responder, io_now_us());
		return true;
	}
	return false;
}

int
responders_open_log(const struct config *config)
{
	char path[CONFIG_STRING_MAX + 32];

	(void)snprintf(
	    path, sizeof(path), "%s/executions.log", config->log_dir);
	return open(
	    path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
}

void
responders_reopen_log(struct supervisor *sup)
{
	struct lease_reply message = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_REOPEN };
	uint32_t i;
	int fd;

	if (sup->stopping)
		return; /* nobody hears of it any more */
	fd = responders_open_log(&sup->config);
	if (fd == -1) {
		log_error(strerror(errno), "log-not-reopened");
		return;
	}
	fd_close(&sup->log_fd);
	sup->log_fd = fd;
	for (i = 0; i < sup->responder_count; i++) {
		if (sup->responders[i].channel_fd == -1 ||
		    fdpass_send(sup->responders[i].channel_fd, &message,
			sizeof(message), fd) == 0)
			continue;
		/* Too many on their way is not its fault. */
		if (errno == ETOOMANYREFS)
			log_error(strerror(errno), "old-log-kept worker=%u", i);
		else
			responders_end(sup, i, "it does not read its channel");
	}
	log_notice(NULL, "log-reopened");
}

/*
 * The end of the channel asks a responder to finish its request and exit. One
 * with a run under way gets it, too, lest it takes one more request after
 * that, which could have waited for our successor; its own half stays open
 * for the release.
 */
void
responders_stop(struct supervisor *sup)
{
	struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (responder->state != RESPONDER_LEASED)
			supervisor_close(sup, &responder->channel_fd);
		else if (responder->channel_fd != -1)
			(void)shutdown(responder->channel_fd, SHUT_WR);
	}
}

uint32_t
responders_alive(const struct supervisor *sup)
{
	uint32_t alive = 0;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++)
		alive += sup->responders[i].pid != -1;
	return alive;
}
