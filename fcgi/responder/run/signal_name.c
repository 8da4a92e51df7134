/* SPDX-License-Identifier: MIT */
/* Owns what signals are called in answers and in the log. */
#include <signal.h>

#include "responder/run/result.h"

#define REAL_TIME_MIN 32

static const char *const names[REAL_TIME_MIN] = {
	[SIGHUP] = "SIGHUP",
	[SIGINT] = "SIGINT",
	[SIGQUIT] = "SIGQUIT",
	[SIGILL] = "SIGILL",
	[SIGTRAP] = "SIGTRAP",
	[SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",
	[SIGFPE] = "SIGFPE",
	[SIGKILL] = "SIGKILL",
	[SIGUSR1] = "SIGUSR1",
	[SIGSEGV] = "SIGSEGV",
	[SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE",
	[SIGALRM] = "SIGALRM",
	[SIGTERM] = "SIGTERM",
	[SIGSTKFLT] = "SIGSTKFLT",
	[SIGCHLD] = "SIGCHLD",
	[SIGCONT] = "SIGCONT",
	[SIGSTOP] = "SIGSTOP",
	[SIGTSTP] = "SIGTSTP",
	[SIGTTIN] = "SIGTTIN",
	[SIGTTOU] = "SIGTTOU",
	[SIGURG] = "SIGURG",
	[SIGXCPU] = "SIGXCPU",
	[SIGXFSZ] = "SIGXFSZ",
	[SIGVTALRM] = "SIGVTALRM",
	[SIGPROF] = "SIGPROF",
	[SIGWINCH] = "SIGWINCH",
	[SIGIO] = "SIGIO",
	[SIGPWR] = "SIGPWR",
	[SIGSYS] = "SIGSYS",
};

/* The name of a real-time signal depends on the C library: its number here. */
static const char *const real_time_names[] = { "32", "33", "34", "35", "36",
	"37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48",
	"49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "60",
	"61", "62", "63", "64" };

const char *
signal_name(uint32_t signal_number)
{
	const size_t count = sizeof(real_time_names) /
			     sizeof(real_time_names[0]);
	const char *name = NULL;

	if (signal_number < REAL_TIME_MIN)
		name = names[signal_number];
	else if (signal_number - REAL_TIME_MIN < count)
		name = real_time_names[signal_number - REAL_TIME_MIN];
	return name != NULL ? name : "unknown";
}
