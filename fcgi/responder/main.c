/* SPDX-License-Identifier: MIT */
/*
 * sce-responder: parses what strangers send, and is trusted with nothing. Its
 * rights were dropped by sced before it was executed; it checks that, gives
 * up the rest, and serves. Numbers in its argv come from sced's configuration,
 * and behind them the rows of runtime.h.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/confine.h"
#include "responder/worker.h"

enum argument {
	ARG_CODE_POINTS = 1,
	ARG_BODY_BYTES,
	ARG_OUTPUT_BYTES,
	ARG_LOG_LEVEL,
	ARG_LOG_CODE,
	ARG_PISTON_TEXT,
	ARG_FILES_BYTES,
	ARG_RUNTIMES /* the first of them */
};

static uint64_t
number(char *argv[], enum argument which, uint64_t max)
{
	char *end;
	uint64_t value = strtoull(argv[which], &end, 10);

	if (*end != '\0' || end == argv[which] || value > max)
		die("argument %d is not a number up to %" PRIu64, (int)which,
		    max);
	return value;
}

static void
take_runtimes(int argc, char *argv[], struct runtimes *runtimes)
{
	const char *problem;
	int i;

	runtimes->count = 0;
	for (i = ARG_RUNTIMES; i < argc; i++) {
		problem = runtimes_add(runtimes, argv[i]);
		if (problem != NULL)
			die("runtime %d: %s", i - ARG_RUNTIMES + 1, problem);
	}
}

static void
take_arguments(int argc, char *argv[], struct service_options *options)
{
	if (argc <= ARG_RUNTIMES)
		die("sce-responder " SCE_VERSION " is started by sced only");
	log_init("sce-responder", (int)number(argv, ARG_LOG_LEVEL, 7));
	options->limits.code_points_max = (uint32_t)number(
	    argv, ARG_CODE_POINTS, CODE_POINTS_MAX);
	options->limits.body_bytes_max = (uint32_t)number(
	    argv, ARG_BODY_BYTES, BODY_BYTES_MAX);
	options->output_limit_bytes = (uint32_t)number(
	    argv, ARG_OUTPUT_BYTES, OUTPUT_BYTES_MAX);
	options->log_code = number(argv, ARG_LOG_CODE, 1) == 1;
	options->limits.files_bytes_max = (uint32_t)number(
	    argv, ARG_FILES_BYTES, UINT32_MAX);
	options->limits.takes_text = number(argv, ARG_PISTON_TEXT, 1) == 1;
	take_runtimes(argc, argv, &options->runtimes);
}

/* The end comes by the supervisor's channel, not by a signal: one in the
 * middle of a request would lose an answer. */
static void
block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) == -1)
		die("sigprocmask: %m");
}

int
main(int argc, char *argv[])
{
	struct link link = { .fd = RESPONDER_LEASE_FD,
		.log_fd = RESPONDER_LOG_FD };
	struct service_options options;
	struct worker *worker;
	const char *problem;

	log_init("sce-responder", LOG_LEVEL_INFO);
	if (fd_keep_standard_open() == -1)
		return EXIT_FAILURE;
	take_arguments(argc, argv, &options);
	block_signals();
	problem = confine_check();
	if (problem != NULL)
		die("refusing to start: %s", problem);
	worker = worker_create(&options, &link);
	if (worker == NULL)
		die("start: %m");
	if (confine_responder() == -1)
		die("confinement: %m");
	worker_loop(worker);
	worker_destroy(worker);
	return EXIT_SUCCESS;
}
