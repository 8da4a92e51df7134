/* SPDX-License-Identifier: MIT */
/* The one program that the guest runs: boot it, confined, behind pipes. */
#ifndef SCE_CHILD_H
#define SCE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#define CHILD_ERROR_MAX 128

struct child {
	pid_t pid;    /* -1: none */
	int stdin_fd; /* our ends of its pipes, non-blocking; -1: closed */
	int stdout_fd;
	int stderr_fd;
};

void child_init(struct child *child);

/*
 * Starts argv[0], looked up in PATH, in a session of its own. Returns after
 * its exec: 0, or -1 with one sentence in error, and then there is no child.
 */
int child_boot(struct child *child, char *const argv[], bool landlock_required,
    char error[CHILD_ERROR_MAX]);

/* Kills it and everything else in the container, reaps all of it. */
void child_finish(struct child *child);

#endif
