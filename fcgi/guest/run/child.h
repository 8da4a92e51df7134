/* SPDX-License-Identifier: MIT */
/*
 * The one program that the guest runs, behind pipes. Either the guest executes
 * it, confined, or the gate forks it (fork/serve.c); then an init stands
 * between the two, which is the guest's child.
 */
#ifndef SCE_CHILD_H
#define SCE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/gate.h"

#define CHILD_ERROR_MAX 128

struct child {
	pid_t pid;    /* -1: none */
	int stdin_fd; /* our ends of its pipes, non-blocking; -1: closed */
	int stdout_fd;
	int stderr_fd;
	int report_fd; /* forked by the gate: what it and its init say; else -1
			*/
	int box_fd;    /* forked: its working directory, if that was wanted */
	uint64_t peak_bytes; /* its init's word on its largest process */
	/* Why the gate's fork did not begin it. */
	char failure[CHILD_ERROR_MAX];
};

/* Both ends of what connects the guest to a program. The last pair, GATE_FD_RUN
 * of each, tells of failures, and is the caller's to open. */
struct child_pipes {
	int ours[GATE_FDS];
	int theirs[GATE_FDS];
};

/* The one interpreter that is a gate gets this besides (gate/gate.h). */
struct child_gate {
	int socket_fd;
	char *settings; /* GATE_VARIABLE=... */
};

void child_init(struct child *child);

/* Did the gate fork it? */
static inline bool
child_is_forked(const struct child *child)
{
	return child->report_fd != -1;
}

/* The three pipes, with our ends non-blocking. 0, or -1 with errno; all of it
 * is to be closed in either case. */
int child_pipes_open(struct child_pipes *pipes);
void child_pipes_close(struct child_pipes *pipes);

/* Hands our ends of the three pipes to child. */
void child_take_pipes(struct child *child, struct child_pipes *pipes);

/*
 * Starts argv[0], looked up in PATH, in a session of its own. Returns after
 * its exec: 0, or -1 with one sentence in error, and then there is no child.
 * gate is NULL for a program; a gate is not confined, its forks are.
 */
int child_boot(struct child *child, char *const argv[], bool landlock_required,
    const struct child_gate *gate, char error[CHILD_ERROR_MAX]);

/*
 * Hears what an init says while it lives. 1: *status is its program's, and
 * nobody is left in its namespaces but itself; 0: nothing yet; -1: there is no
 * more to hear, its end will tell.
 */
int child_hear_init(struct child *child, int *status);

/* How the program ended, after its process, or its init, has been reaped with
 * this status. */
int child_status(struct child *child, int status);

/* Kills all of the program, of a forked one its init and with it all the rest,
 * and reaps it. True: child was among them, *status is its own. */
bool child_kill_and_reap(const struct child *child, int *status);

/* Closes all descriptors; there is no child any more. */
void child_close(struct child *child);

/* Kills it and everything else, reaps and closes all of it. */
void child_finish(struct child *child);

#endif
