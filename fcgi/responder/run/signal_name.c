/* SPDX-License-Identifier: MIT */
/* Owns what signals are called in answers and in the log. */
#include <signal.h>

#include "responder/run/result.h"

/* By number, as x86 and ARM have them. The name of a real-time signal depends
 * on the C library: it is its number here. */
static const char *const names[] = { "unknown", "SIGHUP", "SIGINT", "SIGQUIT",
	"SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
	"SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN",
	"SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
	"SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS", "32", "33", "34", "35", "36",
	"37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48",
	"49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "60",
	"61", "62", "63", "64" };

_Static_assert(SIGUSR1 == 10 && SIGCHLD == 17 && SIGSYS == 31,
    "other numbers than on x86 and ARM");

const char *
signal_name(uint32_t signal_number)
{
	const size_t count = sizeof(names) / sizeof(names[0]);

	return names[signal_number < count ? signal_number : 0];
}
