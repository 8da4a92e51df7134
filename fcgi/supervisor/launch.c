/* SPDX-License-Identifier: MIT */
/* From fork to exec of a responder: descriptors, limits, and no rights. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/io.h"
#include "supervisor/spawn.h"
#include "supervisor/supervisor.h"

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

/* The child's fixed descriptors, without close-on-exec, and no others. */
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
	spawn_close_from(RESPONDER_LOG_FD + 1);
	return 0;
}

/* A row of responder/runtime.h. */
static void
format_python(const struct config *config, char *row, size_t size)
{
	(void)snprintf(row, size,
	    "python\t3.11.2\tpy,py3,python3,python3.11\tmain.py\t0\t%" PRIu64
	    "\t%" PRIu32 "\t%" PRIu32 "\t1",
	    config->memory_bytes, config->timeout_ms, config->timeout_max_ms);
}

void
launch_responder(struct supervisor *sup, int channel_fd)
{
	const struct config *config = &sup->config;
	const uint64_t numbers[] = { config->code_points, config->body_bytes,
		config->timeout_ms, config->timeout_max_ms,
		config->output_bytes, config->memory_bytes, config->log_level,
		config->log_code, config->piston_text, config->box_bytes / 2 };
	enum { COUNT = sizeof(numbers) / sizeof(*numbers) };
	char values[COUNT][24];
	char path[CONFIG_STRING_MAX];
	char python[128];
	char *argv[COUNT + 3] = { path };
	/* libfcgi waits so long for nginx to close first: milliseconds. Two
	 * seconds unless told, which a client that does not read could make
	 * it wait each time. */
	char close_wait[] = "LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100";
	char *environment[] = { close_wait, NULL };
	size_t i;

	(void)snprintf(path, sizeof(path), "%s", config->responder);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(
		    values[i], sizeof(values[i]), "%" PRIu64, numbers[i]);
		argv[1 + i] = values[i];
	}
	format_python(config, python, sizeof(python));
	argv[1 + COUNT] = python;
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
