/* SPDX-License-Identifier: MIT */
/* sce-docker: words in, one of the five commands, an exit status out. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "engine/command.h"

/* The longest start_timeout that sced.conf may have. An Engine cannot move this
 * deadline by sending a byte now and then. sced kills earlier. */
#define WAIT_US (600 * 1000000ULL)

static const struct {
	const char *word;
	int (*run)(struct engine *engine, int argc, char *const argv[]);
	int failure; /* status if no Engine is known */
} commands[] = {
	{ "run", command_run, STATUS_NOT_RUN },
	{ "kill", command_kill, EXIT_FAILURE },
	{ "rm", command_remove, EXIT_FAILURE },
	{ "ps", command_list, EXIT_FAILURE },
	{ "image", command_inspect_image, EXIT_FAILURE },
};

int
main(int argc, char *argv[])
{
	char why[ENGINE_WHY_MAX];
	struct engine engine;
	int status;
	size_t i;

	if (fd_keep_standard_open() == -1 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return EXIT_FAILURE;
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)puts("sce-docker " SCE_VERSION);
		return EXIT_SUCCESS;
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (argc < 2 || strcmp(argv[1], commands[i].word) != 0)
			continue;
		if (call_find_engine(&engine, getenv("DOCKER_HOST"),
			io_now_us() + WAIT_US, why) == -1)
			return command_fail(commands[i].failure, why);
		status = commands[i].run(&engine, argc - 2, argv + 2);
		if (fflush(stdout) == EOF && status == 0)
			status = command_fail(commands[i].failure,
			    "the output could not be written");
		return status;
	}
	return command_fail(
	    EXIT_FAILURE, "usage: run|kill|rm|ps|image ..., see sce-docker(8)");
}
