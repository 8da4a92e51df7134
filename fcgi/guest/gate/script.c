/* SPDX-License-Identifier: MIT */
/*
 * Runs the script as the interpreter's main function does, and ends the
 * process. Py_FinalizeEx mostly takes apart, object by object, what the gate
 * has booted; a fork pays for each of those pages with a copy. Where
 * fast_exit.c says that nobody could notice, that is left out.
 */
#include "guest/gate/script.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/gate/fast_exit.h"
#include "guest/gate/python.h"

#define PYTHON_MINOR 11
#define STATUS_NOT_FLUSHED 120

/* sys.exit() never comes back from here, but ends in Py_FinalizeEx. */
static int
run_and_close(FILE *file, const char *path)
{
	struct compiler_flags flags = { .feature_version = PYTHON_MINOR };

	return PyRun_AnyFileExFlags(file, path, 1, &flags) == 0 ? 0 : 1;
}

void
script_rehearse(FILE *file, const char *path)
{
	(void)run_and_close(file, path);
	(void)fast_exit_flush_and_judge();
}

void
script_run(FILE *file, const char *path)
{
	int status = run_and_close(file, path);

	if (_Py_UnhandledKeyboardInterrupt == 0 && fast_exit_flush_and_judge())
		exit(status);
	if (Py_FinalizeEx() < 0)
		status = STATUS_NOT_FLUSHED;
	if (_Py_UnhandledKeyboardInterrupt != 0) {
		(void)signal(SIGINT, SIG_DFL);
		(void)kill(getpid(), SIGINT);
		status = 128 + SIGINT;
	}
	exit(status);
}
