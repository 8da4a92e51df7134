/* SPDX-License-Identifier: MIT */
/* The one program that the guest runs: boot it, confined, behind pipes. */
#ifndef SCE_CHILD_H
#define SCE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_ERROR_MAX 128

struct child {
	pid_t pid;    /* -1: none */
	int stdin_fd; /* our ends of its pipes, non-blocking; -1: closed */
	int stdout_fd;
	int stderr_fd;
	int report_fd; /* forked by the gate: its init's and its own; else -1 */
	int box_fd;    /* the same one's working directory, if it was wanted */
	uint64_t peak_bytes;
	char
	    failure[CHILD_ERROR_MAX]; /* why the gate's fork did not begin it */
};

/* What the one interpreter that is a gate gets besides (gate/gate.h). */
struct child_gate {
	int socket_fd;
	char *library;  /* LD_PRELOAD=... */
	char *settings; /* GATE_VARIABLE=... */
};

void child_init(struct child *child);

/*
 * Starts argv[0], looked up in PATH, in a session of its own. Returns after
 * its exec: 0, or -1 with one sentence in error, and then there is no child.
 * gate is NULL for a program; a gate is not confined, its forks are.
 */
int child_boot(struct child *child, char *const argv[], bool landlock_required,
    const struct child_gate *gate, char error[CHILD_ERROR_MAX]);

/* Kills it and everything else in the container, reaps all of it. */
void child_finish(struct child *child);

#endif
