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
worker_clear(struct supervisor *sup, struct worker *worker)
{
	supervisor_close(sup, &worker->channel_fd);
	worker->state = WORKER_IDLE;
	worker->slot = POOL_NONE;
	worker->probing_until_us = 0;
	worker->release_by_us = IO_FOREVER;
}

static int
spawn(struct supervisor *sup, uint32_t index)
{
	struct worker *worker = &sup->workers[index];
	int pair[2] = { -1, -1 };

	worker->respawn_us = IO_FOREVER;
	worker->spawned_us = io_now_us();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	if (supervisor_watch(sup, pair[0], EPOLLIN, EVENT_WORKER, index) == 0)
		worker->pid = fork();
	if (worker->pid == 0)
		launch_responder(sup, pair[1]);
	fd_close(&pair[1]);
	if (worker->pid == -1) {
		supervisor_close(sup, &pair[0]);
		return -1;
	}
	worker->channel_fd = pair[0];
	return 0;
}

static void
spawn_or_later(struct supervisor *sup, uint32_t index)
{
	if (spawn(sup, index) == 0)
		return;
	log_error(strerror(errno), "responder-not-started worker=%u", index);
	sup->workers[index].respawn_us = io_now_us() + RESPAWN_MAX_US;
}

void
workers_start(struct supervisor *sup)
{
	uint32_t i;

	sup->worker_count = WORKERS_FOR(sup->config.running, sup->config.queue);
	if (sup->worker_count > WORKERS_MAX)
		sup->worker_count = WORKERS_MAX;
	for (i = 0; i < sup->worker_count; i++) {
		sup->workers[i].pid = -1;
		sup->workers[i].channel_fd = -1;
		worker_clear(sup, &sup->workers[i]);
		spawn_or_later(sup, i);
	}
}

void
workers_respawn(struct supervisor *sup, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < sup->worker_count && !sup->stopping; i++) {
		if (sup->workers[i].pid == -1 &&
		    sup->workers[i].respawn_us <= now_us)
			spawn_or_later(sup, i);
	}
}

void
workers_enforce(struct supervisor *sup, uint64_t now_us)
{
	uint32_t i;

	for (i = 0; i < sup->worker_count; i++) {
		if (sup->workers[i].release_by_us <= now_us)
			workers_end(sup, i, "it keeps a lease that is over");
	}
}

uint64_t
workers_next_event_us(const struct supervisor *sup)
{
	uint64_t next_us = IO_FOREVER;
	const struct worker *worker;
	uint32_t i;

	for (i = 0; i < sup->worker_count; i++) {
		worker = &sup->workers[i];
		if (!sup->stopping && worker->pid == -1 &&
		    worker->respawn_us < next_us)
			next_us = worker->respawn_us;
		if (worker->release_by_us < next_us)
			next_us = worker->release_by_us;
	}
	return next_us;
}

/* Frees what a worker holds or waits for. */
static void
abandon(struct supervisor *sup, uint32_t index)
{
	struct worker *worker = &sup->workers[index];

	(void)pool_dequeue(&sup->pool, index);
	if (worker->state == WORKER_LEASED)
		sup->metrics.leases_lost++;
	if (worker->state == WORKER_LEASED && worker->slot != POOL_NONE)
		ending_begin(sup, worker->slot);
	worker_clear(sup, worker);
}

void
workers_end(struct supervisor *sup, uint32_t index, const char *why)
{
	struct worker *worker = &sup->workers[index];

	if (why != NULL)
		log_error(why, "responder-ended worker=%u pid=%d", index,
		    (int)worker->pid);
	abandon(sup, index);
	if (worker->pid != -1)
		(void)kill(worker->pid, SIGKILL);
}

static void
schedule_respawn(struct worker *worker, uint64_t now_us)
{
	uint64_t wait_us = RESPAWN_MIN_US;
	uint32_t i;

	if (now_us - worker->spawned_us >= QUICK_DEATH_US) {
		worker->quick_deaths = 0;
		worker->respawn_us = now_us;
		return;
	}
	for (i = 0; i < worker->quick_deaths && wait_us < RESPAWN_MAX_US; i++)
		wait_us *= 2;
	worker->quick_deaths += worker->quick_deaths < 32;
	worker->respawn_us = now_us + (wait_us < RESPAWN_MAX_US
					      ? wait_us
					      : RESPAWN_MAX_US);
}

bool
workers_on_exit(struct supervisor *sup, pid_t pid, int status)
{
	struct worker *worker;
	uint32_t i;

	for (i = 0; i < sup->worker_count; i++) {
		worker = &sup->workers[i];
		if (worker->pid != pid)
			continue;
		sup->metrics.responder_deaths += !sup->stopping;
		if (!sup->stopping)
			log_warning(NULL,
			    "responder-died worker=%u pid=%d %s=%d", i,
			    (int)pid, WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status)
					      : WTERMSIG(status));
		abandon(sup, i);
		worker->pid = -1;
		schedule_respawn(worker, io_now_us());
		return true;
	}
	return false;
}

int
workers_open_log(const struct config *config)
{
	char path[CONFIG_STRING_MAX + 32];

	(void)snprintf(
	    path, sizeof(path), "%s/executions.log", config->log_dir);
	return open(
	    path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
}

void
workers_reopen_log(struct supervisor *sup)
{
	struct lease_reply message = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_REOPEN };
	uint32_t i;
	int fd;

	if (sup->stopping)
		return; /* nobody hears of it any more */
	fd = workers_open_log(&sup->config);
	if (fd == -1) {
		log_error(strerror(errno), "log-not-reopened");
		return;
	}
	fd_close(&sup->log_fd);
	sup->log_fd = fd;
	for (i = 0; i < sup->worker_count; i++) {
		if (sup->workers[i].channel_fd == -1 ||
		    fdpass_send(sup->workers[i].channel_fd, &message,
			sizeof(message), fd) == 0)
			continue;
		/* Too many on their way is not its fault. */
		if (errno == ETOOMANYREFS)
			log_error(strerror(errno), "old-log-kept worker=%u", i);
		else
			workers_end(sup, i, "it does not read its channel");
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
workers_stop(struct supervisor *sup)
{
	struct worker *worker;
	uint32_t i;

	for (i = 0; i < sup->worker_count; i++) {
		worker = &sup->workers[i];
		if (worker->state != WORKER_LEASED)
			supervisor_close(sup, &worker->channel_fd);
		else if (worker->channel_fd != -1)
			(void)shutdown(worker->channel_fd, SHUT_WR);
	}
}

uint32_t
workers_alive(const struct supervisor *sup)
{
	uint32_t alive = 0;
	uint32_t i;

	for (i = 0; i < sup->worker_count; i++)
		alive += sup->workers[i].pid != -1;
	return alive;
}
