/* SPDX-License-Identifier: MIT */
/*
 * The event loop. After every batch of events the supervisor settles: it
 * starts, grants, expires and ends whatever is due, and sleeps until something
 * may be due again.
 */
#include "supervisor/state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"
#include "supervisor/lease/responders.h"
#include "supervisor/upkeep/upkeep.h"

#define BATCH 64
/* A stop may take so much longer than the longest lease: for containers and
 * answers. */
#define STOP_MARGIN_US (10 * 1000 * 1000)

static void
begin_stop(struct supervisor *sup)
{
	if (sup->stopping)
		return;
	log_notice(
	    NULL, "stopping running=%u", pool_count(&sup->pool, SLOT_LEASED));
	sup->stopping = sup->pool.stopping = true;
	sup->stop_deadline_us = io_now_us() +
				(uint64_t)config_longest_lease_ms(
				    &sup->config) *
				    1000 +
				STOP_MARGIN_US;
}

/* A child has ended: a responder, or a docker client. */
static void
on_child(struct supervisor *sup, pid_t pid, int status)
{
	uint32_t i;

	if (responders_on_exit(sup, pid, status) ||
	    sweep_on_exit(sup, pid, status) || images_on_exit(sup, pid, status))
		return;
	for (i = 0; i < box_count(sup); i++) {
		if (sup->boxes[i].runner.pid == pid) {
			ending_on_runner_exit(sup, i, status);
			return;
		}
		if (sup->boxes[i].helper.pid == pid) {
			ending_on_helper_exit(sup, i, status);
			return;
		}
	}
}

static void
on_signal(struct supervisor *sup)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(sup->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT:
			begin_stop(sup);
			break;
		case SIGUSR1:
			responders_reopen_log(sup);
			break;
		case SIGHUP:
			log_notice("the configuration is read at start only",
			    "signal-ignored signal=SIGHUP");
			break;
		default: /* SIGCHLD: below, for it coalesces */
			break;
		}
	}
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		on_child(sup, pid, status);
}

/* The state of the slot says what an event of a guest's connection means. */
static void
on_guest(struct supervisor *sup, uint32_t index, uint32_t events)
{
	enum slot_state state = sup->pool.slots[index].state;

	if (state == SLOT_STARTING)
		box_on_frame(sup, index);
	else if (state == SLOT_LEASED && sup->config.fork)
		fork_runs_on_guest(sup, index);
	/* Nobody has asked a guest that waits. */
	else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 ||
		 sup->config.fork)
		ending_on_hang_up(sup, index);
}

static void
on_event(struct supervisor *sup, const struct epoll_event *event)
{
	uint32_t index = (uint32_t)event->data.u64;

	switch ((enum event_kind)(event->data.u64 >> 32)) {
	case EVENT_SIGNAL:
		on_signal(sup);
		break;
	case EVENT_LISTEN:
		if (sup->boxes[index].listen_fd != -1)
			box_on_dial(sup, index);
		break;
	case EVENT_GUEST:
		if (sup->boxes[index].guest_fd != -1)
			on_guest(sup, index, event->events);
		break;
	case EVENT_GUEST_EXIT:
		ending_on_guest_exit(sup, index);
		break;
	case EVENT_RESPONDER:
		if (sup->responders[index].channel_fd != -1)
			monitor_on_responder(sup, index);
		break;
	case EVENT_FASTCGI:
		/* Only its end is watched for. Somebody who shares the socket
		 * has shut it, and no restart of ours would open it again. */
		events_close(sup, &sup->listen_fd);
		log_error("the FastCGI socket was shut", "stopping");
		sup->failed = true;
		begin_stop(sup);
		break;
	}
}

/* Starts what is lacking, ends what is too much or too old. */
static uint64_t
settle_pool(struct supervisor *sup, uint64_t now_us)
{
	uint32_t language;
	uint32_t slot;

	pool_adapt(&sup->pool, now_us);
	networks_settle(sup, now_us);
	while ((slot = pool_pick_start(&sup->pool, now_us, &language)) !=
	       POOL_NONE)
		network_start_box(sup, slot, language);
	while ((slot = pool_pick_surplus(&sup->pool)) != POOL_NONE)
		ending_begin(sup, slot);
	while ((slot = pool_pick_stale(&sup->pool, now_us)) != POOL_NONE)
		ending_begin(sup, slot);
	return networks_keep_spare(sup, now_us);
}

static uint64_t
settle_stop(struct supervisor *sup)
{
	responders_stop(sup);
	/* From here on a manager may start our successor. */
	systemd_tell_stopping(
	    &sup->systemd, pool_count(&sup->pool, SLOT_LEASED));
	ending_begin_idle(sup);
	return sup->stop_deadline_us;
}

/*
 * Does what is due, and returns when something may be due without an event.
 * Boxes come first, for all others look at what has ended; then leases, for
 * after them a slot may be started again. What the others do sets deadlines of
 * boxes: these are looked at once more.
 */
static uint64_t
settle(struct supervisor *sup, uint64_t now_us)
{
	uint64_t next_us;

	(void)ending_settle(sup, now_us);
	grant_settle(sup, now_us);
	next_us = responders_settle(sup, now_us);
	next_us = earlier_us(next_us,
	    sup->stopping ? settle_stop(sup) : settle_pool(sup, now_us));
	next_us = earlier_us(next_us, ending_settle(sup, now_us));
	next_us = earlier_us(next_us, sweep_settle(sup, now_us));
	return sup->stopping ? next_us
			     : earlier_us(next_us,
				   pool_next_event_us(&sup->pool, now_us));
}

static bool
is_empty(const struct supervisor *sup)
{
	uint32_t i;

	for (i = 0; i < box_count(sup); i++) {
		if (sup->pool.slots[i].state != SLOT_EMPTY)
			return false;
	}
	return true;
}

/* True at a stop when there is nothing left to wait for. */
static bool
is_over(const struct supervisor *sup)
{
	if (!sup->stopping || io_now_us() >= sup->stop_deadline_us)
		return sup->stopping;
	return responders_alive(sup) == 0 && is_empty(sup);
}

static void
kill_responders(struct supervisor *sup)
{
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		if (sup->responders[i].pid != -1)
			responders_end(sup, i, "it did not stop in time");
	}
}

int
supervisor_run(struct supervisor *sup)
{
	struct epoll_event events[BATCH];
	uint64_t next_us;
	int n;
	int i;

	for (;;) {
		next_us = settle(sup, io_now_us());
		if (is_over(sup))
			break;
		n = epoll_wait(
		    sup->epoll_fd, events, BATCH, io_left_ms(next_us));
		if (n == -1 && errno != EINTR) {
			log_error(strerror(errno), "epoll-failed");
			return -1;
		}
		for (i = 0; i < n; i++)
			on_event(sup, &events[i]);
	}
	kill_responders(sup);
	sweep_at_stop(sup);
	log_notice(NULL, "stopped");
	return sup->failed ? -1 : 0;
}
