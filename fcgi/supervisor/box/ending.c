/* SPDX-License-Identifier: MIT */
/*
 * The second half of a slot's life: from whatever ended the sandbox to the
 * certainty that none of its processes is left. Each step has a deadline and
 * a harder successor; none of them is waited for inline.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"

/* How long each step may take: microseconds. */
#define SHUTDOWN_US (500 * 1000)
#define KILL_US (3 * 1000 * 1000)
#define CGROUP_US (1000 * 1000)
#define REMOVE_US (12 * 1000 * 1000)
/* Doubles from the first to the second. */
#define QUARANTINE_MIN_US (2 * 1000 * 1000)
#define QUARANTINE_MAX_US (60 * 1000 * 1000)

static void
remove_slot_dir(struct box *box)
{
	char path[DOCKER_PATH_MAX + 2];

	(void)snprintf(path, sizeof(path), "%s/s", box->dir);
	(void)unlink(path);
	if (rmdir(box->dir) == -1)
		log_debug(
		    strerror(errno), "slot-directory-stays name=%s", box->dir);
}

/* No process is left of it. The slot can be used again as soon as no client
 * of ours is busy with it either; each of those has a deadline. */
static void
finish(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];

	events_close(sup, &box->pid_fd);
	if (box->runner.pid != -1 || box->helper.pid != -1) {
		/* They have nothing left to do. */
		if (box->runner.pid != -1)
			(void)kill(box->runner.pid, SIGKILL);
		if (box->helper.pid != -1)
			(void)kill(box->helper.pid, SIGKILL);
		box->ending = ENDING_CLIENTS;
		box->ending_deadline_us = IO_FOREVER;
		return;
	}
	remove_slot_dir(box);
	box->ending = ENDING_NOT;
	box->ending_deadline_us = IO_FOREVER;
	(void)pool_empty(&sup->pool, slot, io_now_us());
}

void
ending_close_run(struct box *box)
{
	if (box->run_fd != -1)
		(void)shutdown(box->run_fd, SHUT_RDWR);
	fd_close(&box->run_fd);
}

static void
enter(struct box *box, enum ending ending, uint64_t budget_us)
{
	box->ending = ending;
	box->ending_deadline_us = io_now_us() + budget_us;
}

static void
enter_quarantine(struct supervisor *sup, struct box *box)
{
	/* The sweep notices when Docker is away, and when it is back. */
	if (box->quarantine_us == QUARANTINE_MIN_US)
		sup->is_docker_in_doubt = true;
	enter(box, ENDING_QUARANTINE, box->quarantine_us);
	box->quarantine_us *= 2;
	if (box->quarantine_us > QUARANTINE_MAX_US)
		box->quarantine_us = QUARANTINE_MAX_US;
}

static void
enter_remove(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	char names[1][DOCKER_NAME_MAX];

	enter(box, ENDING_REMOVE, REMOVE_US);
	memcpy(names[0], box->name, sizeof(names[0]));
	if (docker_remove(&sup->docker, &box->helper, names, 1) == -1)
		enter_quarantine(sup, box);
}

void
ending_begin(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];

	/* Several may want its end, after it has begun or is over. */
	if (!pool_end(&sup->pool, slot, io_now_us()))
		return;
	if (box->name[0] == '\0') { /* not launched yet */
		(void)pool_empty(&sup->pool, slot, io_now_us());
		return;
	}
	box->responder = POOL_NONE;
	box->deadline_us = IO_FOREVER;
	box->quarantine_us = QUARANTINE_MIN_US;
	/* Revokes the connection, whoever holds copies of it. What the guest
	 * had sent can still be read. */
	if (box->guest_fd != -1)
		(void)shutdown(box->guest_fd, SHUT_RDWR);
	ending_close_run(box);
	events_close(sup, &box->guest_fd);
	events_close(sup, &box->listen_fd);
	if (box->pid_fd != -1) {
		enter(box, ENDING_SHUTDOWN, SHUTDOWN_US);
		return;
	}
	/* It never dialled: perhaps there is a container, perhaps there will
	 * be one. The client that starts it first. */
	if (box->runner.pid != -1)
		(void)kill(box->runner.pid, SIGKILL);
	enter_remove(sup, slot);
}

/* A holder's failure is that of the sandbox that waits for it, or, if none
 * does, nobody's: another spare one is not started soon. */
static uint32_t
note_failure(struct supervisor *sup, uint32_t index, uint64_t now_us)
{
	uint32_t slot = index % sup->pool.slot_count;
	bool is_spare = box_is_network(sup, index) &&
			sup->pool.slots[slot].state != SLOT_STARTING;
	uint32_t runtime = is_spare ? 0 : sup->pool.slots[slot].runtime;

	if (is_spare)
		sup->next_spare_us = now_us + NETWORK_SPARE_AGAIN_US;
	else
		pool_note_start(&sup->pool, runtime, false, now_us);
	return runtime;
}

void
ending_fail_start(struct supervisor *sup, uint32_t slot, const char *why)
{
	struct box *box = &sup->boxes[slot];
	uint64_t now_us = io_now_us();
	uint32_t runtime = note_failure(sup, slot, now_us);

	sup->metrics.start_failures++;
	log_warning(why, "start-failed slot=%u name=%s runtime=%s failures=%u",
	    slot, box->name, sup->config.runtimes[runtime].name,
	    sup->pool.stock[runtime].failures);
	/* Perhaps the image is gone, and another one has its name by now. */
	if (pool_is_down(&sup->pool, runtime, now_us))
		sup->is_docker_in_doubt = true;
	box->start_failed = true;
	ending_begin(sup, slot);
}

static void
kill_cgroup(struct box *box)
{
	if (box->cgroup[0] != '\0' && cgroup_kill(box->cgroup) == -1)
		log_debug(
		    strerror(errno), "cgroup-not-killed name=%s", box->name);
}

void
ending_on_deadline(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];

	switch (box->ending) {
	case ENDING_NOT:
	case ENDING_CLIENTS:
		box->ending_deadline_us = IO_FOREVER;
		break;
	case ENDING_SHUTDOWN:
		sup->metrics.lingering++;
		log_notice(
		    NULL, "sandbox-lingers slot=%u name=%s", slot, box->name);
		enter(box, ENDING_KILL, KILL_US);
		(void)docker_kill(&sup->docker, &box->helper, box->name);
		break;
	case ENDING_KILL:
		log_warning("docker kill did not end it",
		    "sandbox-lingers slot=%u name=%s", slot, box->name);
		enter(box, ENDING_CGROUP, CGROUP_US);
		kill_cgroup(box);
		break;
	case ENDING_CGROUP:
		kill_cgroup(box);
		__attribute__((fallthrough));
	case ENDING_REMOVE:
	case ENDING_QUARANTINE:
		/* Docker does not answer, or does not know better. */
		if (box->helper.pid == -1)
			enter_remove(sup, slot);
		else
			enter_quarantine(sup, box);
		break;
	}
}

/* PID 1 of the container is gone, and with it, by the kernel, all the rest. */
void
ending_on_guest_exit(struct supervisor *sup, uint32_t slot)
{
	if (sup->boxes[slot].pid_fd == -1)
		return;
	if (sup->boxes[slot].ending == ENDING_NOT)
		ending_begin(sup, slot);
	/* It was gVisor's file server; its kernel has no business any more. */
	if (config_is_gvisor(&sup->config))
		kill_cgroup(&sup->boxes[slot]);
	finish(sup, slot);
}

void
ending_on_helper_exit(struct supervisor *sup, uint32_t slot, int status)
{
	struct box *box = &sup->boxes[slot];
	char output[512];

	docker_client_output(&box->helper, output, sizeof(output));
	docker_client_finish(&box->helper);
	if (box->ending == ENDING_CLIENTS) {
		finish(sup, slot);
		return;
	}
	if (box->ending == ENDING_KILL && status != 0) {
		box->ending_deadline_us = io_now_us(); /* the next step */
		return;
	}
	if (box->ending != ENDING_REMOVE && box->ending != ENDING_QUARANTINE)
		return;
	if (status == 0 || strstr(output, "No such container") != NULL) {
		/* With a pidfd the process decides, not Docker's word. */
		if (box->pid_fd == -1)
			finish(sup, slot);
		return;
	}
	if (box->quarantine_us == QUARANTINE_MIN_US)
		log_warning(output, "slot-quarantined slot=%u name=%s", slot,
		    box->name);
	kill_cgroup(box);
	enter_quarantine(sup, box);
}

void
ending_on_runner_exit(struct supervisor *sup, uint32_t slot)
{
	if (sup->boxes[slot].ending == ENDING_CLIENTS)
		finish(sup, slot);
}

void
ending_retry_quarantined(struct supervisor *sup)
{
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		if (sup->boxes[i].ending != ENDING_QUARANTINE)
			continue;
		sup->boxes[i].ending_deadline_us = io_now_us();
		sup->boxes[i].quarantine_us = QUARANTINE_MIN_US;
	}
}

void
ending_begin_idle(struct supervisor *sup)
{
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		if (sup->pool.slots[i].state == SLOT_READY ||
		    sup->pool.slots[i].state == SLOT_STARTING)
			ending_begin(sup, i);
	}
}
