/* SPDX-License-Identifier: MIT */
/*
 * Runs the script as the interpreter's main function does, and ends the
 * process. Most of what Py_FinalizeEx does is to take apart, object by object,
 * what the gate has booted; a fork pays for each of those pages with a copy.
 * Where quiet.c says that nobody could notice, that is left out.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/gate/gate.h"

#define PYTHON_MINOR 11
#define STATUS_NOT_FLUSHED 120

struct compiler_flags {
	int flags;
	int feature_version;
};

static int (*script_run_file)(
    FILE *, const char *, int, struct compiler_flags *);
static int (*script_finalize)(void);
static const int *script_interrupted;

void
script_find_symbols(void)
{
	gate_find("PyRun_AnyFileExFlags", &script_run_file);
	gate_find("Py_FinalizeEx", &script_finalize);
	gate_find("_Py_UnhandledKeyboardInterrupt", &script_interrupted);
}

/* sys.exit() never comes back from here, but ends in Py_FinalizeEx. */
static int
run_and_close(FILE *file, const char *path)
{
	struct compiler_flags flags = { .feature_version = PYTHON_MINOR };

	return script_run_file(file, path, 1, &flags) == 0 ? 0 : 1;
}

void
script_rehearse(FILE *file, const char *path)
{
	(void)run_and_close(file, path);
	(void)quiet_flush_and_judge();
}

void
script_run(FILE *file, const char *path)
{
	int status = run_and_close(file, path);

	if (*script_interrupted == 0 && quiet_flush_and_judge())
		exit(status);
	if (script_finalize() < 0)
		status = STATUS_NOT_FLUSHED;
	if (*script_interrupted != 0) {
		(void)signal(SIGINT, SIG_DFL);
		(void)kill(getpid(), SIGINT);
		status = 128 + SIGINT;
	}
	exit(status);
}
