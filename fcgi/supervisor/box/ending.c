/* SPDX-License-Identifier: MIT */
/*
 * Why a box ends, and how: from whatever happened to it to the certainty that
 * none of its processes is left. Each step has a deadline and a harder
 * successor; none of them is waited for inline.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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
/* No budget: neither the step nor its deadline changes. */
#define SAME_US (IO_FOREVER - 1)

enum event {
	WANTED,        /* the box is to end */
	WANTED_UNSEEN, /* the same, before a guest has dialled */
	DEADLINE,      /* of the start, the lease, or the step of the end */
	GUEST_EXIT,    /* PID 1 of the container, and by the kernel all of it */
	RUNNER_EXIT,   /* docker run */
	HELPER_DONE,   /* docker kill or rm succeeded */
	HELPER_UNKNOWN, /* it says that there is no such container */
	HELPER_FAILED,
	EVENTS
};

typedef void action(struct supervisor *sup, struct box *box);

static action give_up, cut_off, cut_off_unseen, kill_by_docker, kill_harder,
    kill_and_remove, remove_container, trust_docker, kill_and_quarantine,
    finish;

/*
 * Each row is a step. An event enters the next step, with a budget until its
 * DEADLINE, and then takes the action, which may find a reason to go on:
 * remove_container to quarantine, finish to an EMPTY slot. SAME_US: step and
 * deadline stay. An event that is not in a row means nothing to its step.
 */
static const struct step {
	action *act;
	enum ending next;
	uint64_t budget_us;
} steps[][EVENTS] = {
	[ENDING_NOT] = {
		[WANTED] = { cut_off, ENDING_SHUTDOWN, SHUTDOWN_US },
		[WANTED_UNSEEN] = { cut_off_unseen, ENDING_REMOVE, REMOVE_US },
		[DEADLINE] = { give_up, ENDING_NOT, SAME_US },
	},
	[ENDING_SHUTDOWN] = {
		[DEADLINE] = { kill_by_docker, ENDING_KILL, KILL_US },
		[GUEST_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
	},
	[ENDING_KILL] = {
		[DEADLINE] = { kill_harder, ENDING_CGROUP, CGROUP_US },
		[GUEST_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_UNKNOWN] = { NULL, ENDING_KILL, 0 }, /* DEADLINE now */
		[HELPER_FAILED] = { NULL, ENDING_KILL, 0 },
	},
	[ENDING_CGROUP] = {
		[DEADLINE] = { kill_and_remove, ENDING_REMOVE, REMOVE_US },
		[GUEST_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
	},
	[ENDING_REMOVE] = {
		[DEADLINE] = { remove_container, ENDING_REMOVE, REMOVE_US },
		[GUEST_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_DONE] = { trust_docker, ENDING_REMOVE, SAME_US },
		[HELPER_UNKNOWN] = { trust_docker, ENDING_REMOVE, SAME_US },
		[HELPER_FAILED] = { kill_and_quarantine, ENDING_QUARANTINE, 0 },
	},
	[ENDING_QUARANTINE] = {
		[DEADLINE] = { remove_container, ENDING_REMOVE, REMOVE_US },
		[GUEST_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_DONE] = { trust_docker, ENDING_QUARANTINE, SAME_US },
		[HELPER_UNKNOWN] = { trust_docker, ENDING_QUARANTINE, SAME_US },
		[HELPER_FAILED] = { kill_and_quarantine, ENDING_QUARANTINE, 0 },
	},
	[ENDING_CLIENTS] = {
		[RUNNER_EXIT] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_DONE] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_UNKNOWN] = { finish, ENDING_CLIENTS, IO_FOREVER },
		[HELPER_FAILED] = { finish, ENDING_CLIENTS, IO_FOREVER },
	},
};

static void
happen(struct supervisor *sup, uint32_t index, enum event event)
{
	struct box *box = &sup->boxes[index];
	const struct step *step = &steps[box->ending][event];

	if (step->act == NULL && step->next == ENDING_NOT)
		return;
	if (step->budget_us != SAME_US) {
		box->ending = step->next;
		box->deadline_us = step->budget_us == IO_FOREVER
				       ? IO_FOREVER
				       : io_now_us() + step->budget_us;
	}
	if (step->act != NULL)
		step->act(sup, box);
}

static uint32_t
index_of(const struct supervisor *sup, const struct box *box)
{
	return (uint32_t)(box - sup->boxes);
}

/* --- what lives --- */

void
ending_begin(struct supervisor *sup, uint32_t index)
{
	const struct box *box = &sup->boxes[index];

	/* Several may want its end, after it has begun or is over. */
	if (!pool_end(&sup->pool, index, io_now_us()))
		return;
	if (box->name[0] == '\0') /* not launched yet */
		(void)pool_empty(&sup->pool, index, io_now_us());
	else
		happen(sup, index, box->pid_fd != -1 ? WANTED : WANTED_UNSEEN);
}

/* A network's failure is that of the sandbox that waits for it, or, if none
 * does, nobody's: another spare one is not started soon. */
static uint32_t
note_failure(struct supervisor *sup, uint32_t index, uint64_t now_us)
{
	uint32_t slot = index % sup->pool.slot_count;
	bool is_spare = box_is_network(sup, index) &&
			sup->pool.slots[slot].state != SLOT_STARTING;
	uint32_t language = is_spare ? 0 : sup->pool.slots[slot].language;

	if (is_spare)
		sup->next_spare_us = now_us + NETWORK_SPARE_AGAIN_US;
	else
		pool_note_start(&sup->pool, language, false, now_us);
	return language;
}

void
ending_fail_start(struct supervisor *sup, uint32_t index, const char *why)
{
	struct box *box = &sup->boxes[index];
	uint64_t now_us = io_now_us();
	uint32_t language = note_failure(sup, index, now_us);

	sup->metrics.start_failures++;
	log_warning(why, "start-failed slot=%u name=%s runtime=%s failures=%u",
	    index, box->name, sup->config.languages[language].name,
	    sup->pool.stock[language].failures);
	/* Perhaps the image is gone, and another one has its name by now. */
	if (pool_is_down(&sup->pool, language, now_us))
		sup->is_docker_in_doubt = true;
	box->start_failed = true;
	ending_begin(sup, index);
}

static void
give_up(struct supervisor *sup, struct box *box)
{
	char trace[TRACE_TEXT_BYTES];

	if (sup->pool.slots[index_of(sup, box)].state == SLOT_STARTING) {
		ending_fail_start(
		    sup, index_of(sup, box), "it did not get ready in time");
		return;
	}
	if (box->responder == POOL_NONE) {
		log_warning(NULL, "sandbox-not-ready-again slot=%u name=%s",
		    index_of(sup, box), box->name);
	} else {
		sup->metrics.leases_expired++;
		trace_format(sup->responders[box->responder].trace, trace);
		log_warning(NULL,
		    "lease-expired trace=%s slot=%u name=%s worker=%u", trace,
		    index_of(sup, box), box->name, box->responder);
	}
	ending_begin(sup, index_of(sup, box));
}

/* --- the steps of the end --- */

void
ending_close_run(struct box *box)
{
	if (box->run_fd != -1)
		(void)shutdown(box->run_fd, SHUT_RDWR);
	fd_close(&box->run_fd);
}

/* Revokes the connection, whoever holds copies of it. What the guest had sent
 * can still be read. */
static void
cut_off(struct supervisor *sup, struct box *box)
{
	box->responder = POOL_NONE;
	box->quarantine_us = QUARANTINE_MIN_US;
	if (box->guest_fd != -1)
		(void)shutdown(box->guest_fd, SHUT_RDWR);
	ending_close_run(box);
	events_close(sup, &box->guest_fd);
	events_close(sup, &box->listen_fd);
}

/* Perhaps there is a container, perhaps there will be one. The client that
 * starts it is killed first. */
static void
cut_off_unseen(struct supervisor *sup, struct box *box)
{
	cut_off(sup, box);
	if (box->runner.pid != -1)
		(void)kill(box->runner.pid, SIGKILL);
	remove_container(sup, box);
}

static void
kill_by_docker(struct supervisor *sup, struct box *box)
{
	sup->metrics.lingering++;
	log_notice(NULL, "sandbox-lingers slot=%u name=%s", index_of(sup, box),
	    box->name);
	(void)docker_kill(&sup->docker, &box->helper, box->name);
}

static void
kill_cgroup(struct box *box)
{
	if (box->cgroup[0] != '\0' && cgroup_kill(box->cgroup) == -1)
		log_debug(
		    strerror(errno), "cgroup-not-killed name=%s", box->name);
}

static void
kill_harder(struct supervisor *sup, struct box *box)
{
	log_warning("docker kill did not end it",
	    "sandbox-lingers slot=%u name=%s", index_of(sup, box), box->name);
	kill_cgroup(box);
}

static void
quarantine(struct supervisor *sup, struct box *box)
{
	/* The sweep notices when Docker is away, and when it is back. */
	if (box->quarantine_us == QUARANTINE_MIN_US)
		sup->is_docker_in_doubt = true;
	box->ending = ENDING_QUARANTINE;
	box->deadline_us = io_now_us() + box->quarantine_us;
	box->quarantine_us *= 2;
	if (box->quarantine_us > QUARANTINE_MAX_US)
		box->quarantine_us = QUARANTINE_MAX_US;
}

/* While the last client is busy, Docker does not answer: later. */
static void
remove_container(struct supervisor *sup, struct box *box)
{
	char names[1][DOCKER_NAME_MAX];

	memcpy(names[0], box->name, sizeof(names[0]));
	if (box->helper.pid != -1 ||
	    docker_remove(&sup->docker, &box->helper, names, 1) == -1)
		quarantine(sup, box);
}

static void
kill_and_remove(struct supervisor *sup, struct box *box)
{
	kill_cgroup(box);
	remove_container(sup, box);
}

static void
kill_and_quarantine(struct supervisor *sup, struct box *box)
{
	kill_cgroup(box);
	quarantine(sup, box);
}

/* With a pidfd the process decides, not Docker's word. */
static void
trust_docker(struct supervisor *sup, struct box *box)
{
	if (box->pid_fd == -1)
		happen(sup, index_of(sup, box), GUEST_EXIT);
}

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

/* No process of the container is left. The slot can be used again as soon as no
 * client of ours is busy with it: clients have nothing left to do. */
static void
finish(struct supervisor *sup, struct box *box)
{
	events_close(sup, &box->pid_fd);
	if (box->runner.pid != -1)
		(void)kill(box->runner.pid, SIGKILL);
	if (box->helper.pid != -1)
		(void)kill(box->helper.pid, SIGKILL);
	if (box->runner.pid != -1 || box->helper.pid != -1)
		return;
	remove_slot_dir(box);
	box->ending = ENDING_NOT;
	(void)pool_empty(&sup->pool, index_of(sup, box), io_now_us());
}

/* --- what the loop sees --- */

void
ending_on_hang_up(struct supervisor *sup, uint32_t index)
{
	if (box_is_network(sup, index)) {
		log_warning(NULL, "holder-died slot=%u name=%s",
		    index - sup->pool.slot_count, sup->boxes[index].name);
	} else if (sup->pool.slots[index].state == SLOT_READY) {
		sup->metrics.ready_deaths++;
		log_warning(NULL, "sandbox-died slot=%u name=%s state=ready",
		    index, sup->boxes[index].name);
	}
	ending_begin(sup, index);
}

uint64_t
ending_settle(struct supervisor *sup, uint64_t now_us)
{
	uint64_t next_us = IO_FOREVER;
	struct box *box;
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		box = &sup->boxes[i];
		if (box->deadline_us <= now_us) {
			ending_on_deadline(sup, i);
			next_us = now_us; /* others look at it, too */
		}
		next_us = earlier_us(next_us, box->deadline_us);
		next_us = earlier_us(
		    next_us, docker_client_settle(&box->runner, now_us));
		next_us = earlier_us(
		    next_us, docker_client_settle(&box->helper, now_us));
	}
	return next_us;
}

void
ending_on_deadline(struct supervisor *sup, uint32_t index)
{
	sup->boxes[index].deadline_us = IO_FOREVER;
	happen(sup, index, DEADLINE);
}

void
ending_on_guest_exit(struct supervisor *sup, uint32_t index)
{
	if (sup->boxes[index].pid_fd == -1)
		return;
	ending_begin(sup, index);
	/* That was gVisor's file server; its kernel has nothing left to do. */
	if (config_is_gvisor(&sup->config))
		kill_cgroup(&sup->boxes[index]);
	happen(sup, index, GUEST_EXIT);
}

void
ending_on_runner_exit(struct supervisor *sup, uint32_t index, int status)
{
	struct box *box = &sup->boxes[index];
	char output[512];

	docker_client_end(&box->runner, output, sizeof(output));
	/* No network to join any more: that is no failure of the start. */
	if (status != 0 && sup->pool.slots[index].state == SLOT_STARTING &&
	    box_is_left_alone(sup, index))
		ending_begin(sup, index);
	/* Success says little: only the guest's word counts. */
	if (status != 0 && sup->pool.slots[index].state == SLOT_STARTING)
		ending_fail_start(sup, index, output);
	else if (status != 0 && box->ending != ENDING_CLIENTS)
		log_info(output, "docker-run-ended-late slot=%u status=%d",
		    index, status);
	happen(sup, index, RUNNER_EXIT);
}

void
ending_on_helper_exit(struct supervisor *sup, uint32_t index, int status)
{
	struct box *box = &sup->boxes[index];
	enum event event = HELPER_DONE;
	char output[512];

	docker_client_end(&box->helper, output, sizeof(output));
	if (status != 0)
		event = strstr(output, "No such container") != NULL
			    ? HELPER_UNKNOWN
			    : HELPER_FAILED;
	if (steps[box->ending][event].act == kill_and_quarantine &&
	    box->quarantine_us == QUARANTINE_MIN_US)
		log_warning(output, "slot-quarantined slot=%u name=%s", index,
		    box->name);
	happen(sup, index, event);
}

void
ending_retry_quarantined(struct supervisor *sup)
{
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		if (sup->boxes[i].ending != ENDING_QUARANTINE)
			continue;
		sup->boxes[i].deadline_us = io_now_us();
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
