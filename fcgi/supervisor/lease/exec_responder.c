/* SPDX-License-Identifier: MIT */
/* From fork to exec of a responder: descriptors, limits, and no rights. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/io.h"
#include "common/words.h"
#include "supervisor/host/spawn.h"
#include "supervisor/supervisor.h"

/* One runtime as an argument: a name, a version, aliases, a file and five
 * numbers. */
#define ROW_BYTES (RUNTIME_NAME_MAX + 3 * CONFIG_STRING_MAX + 128)
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

/* Fields between tabs, which no value of the configuration has in it. */
static void
format_row(const struct config_runtime *row, char text[ROW_BYTES])
{
	char aliases[CONFIG_STRING_MAX];

	config_list_compact(row->aliases, aliases);
	(void)snprintf(text, ROW_BYTES,
	    "runtime=%s\t%s\t%s\t%s\t%d\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu32
	    "\t%d",
	    row->name, row->version, aliases, row->file,
	    row->compile[0] != '\0', row->memory_bytes, row->timeout_ms,
	    row->timeout_max_ms, words_name_python(row->command));
}

void
launch_responder(struct supervisor *sup, int channel_fd)
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
	char rows[RUNTIMES_MAX][ROW_BYTES];
	char path[CONFIG_STRING_MAX];
	char *argv[COUNT + RUNTIMES_MAX + 2] = { path };
	/* libfcgi waits so long for nginx to close first: milliseconds. Two
	 * seconds unless told, which a client that does not read could make
	 * it wait each time. */
	char close_wait[] = "LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100";
	char *environment[] = { close_wait, NULL };
	size_t i;

	(void)snprintf(path, sizeof(path), "%s", config->responder);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "%s=%" PRIu64,
		    numbers[i].name, numbers[i].value);
		argv[1 + i] = words[i];
	}
	for (i = 0; i < config->runtime_count; i++) {
		format_row(&config->runtimes[i], rows[i]);
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
