/* SPDX-License-Identifier: MIT */
/*
 * The responders as processes: fork, drop every right, exec; reap, respawn
 * with back-off; and what they are sent. Their messages are monitor.c's
 * business.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "common/words.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"
#include "supervisor/host/spawn.h"
#include "supervisor/lease/responders.h"

/* A responder that lives shorter than this has a fault: microseconds. */
#define QUICK_DEATH_US (1000 * 1000)
#define RESPAWN_MIN_US (50 * 1000)
#define RESPAWN_MAX_US (5 * 1000 * 1000)
/* One language as an argument: a name, a version, aliases, a file and five
 * numbers. */
#define ROW_BYTES (LANGUAGE_NAME_MAX + 3 * CONFIG_STRING_MAX + 128)
/* Above every descriptor that a child needs at a fixed number. */
#define SAFE_FD 16

static const struct spawn_limit responder_limits[] = {
	{ RLIMIT_NOFILE, RESPONDER_OPEN_FILES },
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_MSGQUEUE, 0 },
#ifndef __SANITIZE_ADDRESS__ /* its shadow memory needs all addresses */
	{ RLIMIT_AS, 256 * 1024 * 1024 },
#endif
};

/* Leaves the child its fixed descriptors, without close-on-exec, and no
 * others. */
static int
place_descriptors(int listen_fd, int lease_fd, int log_fd)
{
	const int numbers[] = { RESPONDER_LISTEN_FD, RESPONDER_LEASE_FD,
		RESPONDER_LOG_FD };
	int fds[] = { listen_fd, lease_fd, log_fd };
	size_t i;

	/* Out of the way of the fixed numbers first. */
	for (i = 0; i < 3; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, SAFE_FD);
		if (fds[i] == -1)
			return -1;
	}
	for (i = 0; i < 3; i++) {
		if (dup2(fds[i], numbers[i]) == -1)
			return -1;
	}
	return fd_close_from(RESPONDER_LOG_FD + 1, 0);
}

/* Fields between tabs, which no value of the configuration has in it. */
static void
format_row(const struct config_language *row, char text[ROW_BYTES])
{
	char aliases[CONFIG_STRING_MAX];

	config_list_compact(row->aliases, aliases);
	(void)snprintf(text, ROW_BYTES,
	    "language=%s\t%s\t%s\t%s\t%d\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu32
	    "\t%d",
	    row->name, row->version, aliases, row->file,
	    row->compile[0] != '\0', row->memory_bytes, row->timeout_ms,
	    row->timeout_max_ms, words_name_python(row->command));
}

static void __attribute__((noreturn))
exec_responder(struct supervisor *sup, int channel_fd)
{
	const struct config *config = &sup->config;
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "code_length", config->code_points },
		{ "body", config->body_bytes },
		{ "output", config->output_bytes },
		{ "files", config->box_bytes / 2 },
		{ "log_level", config->log_level },
		{ "log_code", config->log_code },
		{ "text_plain", config->piston_text },
	};
	enum { COUNT = sizeof(numbers) / sizeof(*numbers) };
	char words[COUNT][48];
	char rows[LANGUAGES_MAX][ROW_BYTES];
	char path[CONFIG_STRING_MAX];
	char *argv[COUNT + LANGUAGES_MAX + 2] = { path };
	/* libfcgi waits so long for nginx to close first: milliseconds. Unless
	 * told, it waits two seconds, and a client that does not read could
	 * make it do so each time. */
	char close_wait[] = "LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100";
	char *environment[] = { close_wait, NULL };
	size_t i;

	(void)snprintf(path, sizeof(path), "%s", config->responder);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "%s=%" PRIu64,
		    numbers[i].name, numbers[i].value);
		argv[1 + i] = words[i];
	}
	for (i = 0; i < config->language_count; i++) {
		format_row(&config->languages[i], rows[i]);
		argv[1 + COUNT + i] = rows[i];
	}
	if (place_descriptors(sup->listen_fd, channel_fd, sup->log_fd) == -1)
		_exit(126);
	if (io_reset_signals() == -1)
		_exit(126);
	spawn_set_limits(responder_limits,
	    sizeof(responder_limits) / sizeof(*responder_limits));
	if (spawn_drop_rights(config->responder_uid) == -1)
		_exit(125);
	(void)execve(path, argv, environment);
	_exit(127);
}

static void
clear(struct supervisor *sup, struct responder *responder)
{
	events_close(sup, &responder->channel_fd);
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
	if (events_watch(sup, pair[0], EPOLLIN, EVENT_RESPONDER, index) == 0)
		responder->pid = fork();
	if (responder->pid == 0)
		exec_responder(sup, pair[1]);
	fd_close(&pair[1]);
	if (responder->pid == -1) {
		events_close(sup, &pair[0]);
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

/* Frees what a responder holds or waits for. */
static void
abandon(struct supervisor *sup, uint32_t index)
{
	struct responder *responder = &sup->responders[index];

	(void)pool_dequeue(&sup->pool, index);
	if (responder->state == RESPONDER_LEASED)
		sup->metrics.leases_lost++;
	if (lease_is_held(sup, index))
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

uint64_t
responders_settle(struct supervisor *sup, uint64_t now_us)
{
	uint64_t next_us = IO_FOREVER;
	struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (responder->release_by_us <= now_us)
			responders_end(sup, i, "it keeps a lease that is over");
		next_us = earlier_us(next_us, responder->release_by_us);
		if (responder->pid != -1 || sup->stopping)
			continue;
		if (responder->respawn_us <= now_us)
			spawn_or_later(sup, i);
		next_us = earlier_us(next_us, responder->respawn_us);
	}
	return next_us;
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
		/* Too many descriptors on their way are not its fault. */
		if (errno == ETOOMANYREFS)
			log_error(strerror(errno), "old-log-kept worker=%u", i);
		else
			responders_end(sup, i, "it does not read its channel");
	}
	log_notice(NULL, "log-reopened");
}

/*
 * The end of its channel asks a responder to finish its request and exit. A
 * responder with a run under way gets it, too, lest it takes one more request
 * after that, which could have waited for our successor; its own half stays
 * open for the release.
 */
void
responders_stop(struct supervisor *sup)
{
	struct responder *responder;
	uint32_t i;

	for (i = 0; i < sup->responder_count; i++) {
		responder = &sup->responders[i];
		if (responder->state != RESPONDER_LEASED)
			events_close(sup, &responder->channel_fd);
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

void
channel_reply(
    struct supervisor *sup, uint32_t index, struct lease_reply *message, int fd)
{
	message->version = LEASE_PROTOCOL_VERSION;
	if (fdpass_send(sup->responders[index].channel_fd, message,
		sizeof(*message), fd) == -1)
		responders_end(sup, index, "it does not read its channel");
}

void
channel_refuse(
    struct supervisor *sup, uint32_t index, enum lease_refusal reason)
{
	struct responder *responder = &sup->responders[index];
	struct lease_reply message = { .kind = LEASE_REFUSE,
		.reason = reason,
		.retry_after_s = pool_retry_after_s(&sup->pool,
		    responder->language, responder->client, io_now_us()) };

	metrics_note_refusal(&sup->metrics, reason);
	responder->state = RESPONDER_IDLE;
	responder->probing_until_us = 0;
	channel_reply(sup, index, &message, -1);
}
