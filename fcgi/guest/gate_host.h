/* SPDX-License-Identifier: MIT */
/*
 * The guest's side of the gate (isolation = fork): boot it, have it fork one
 * program after the other, and tell whether the last one left anything.
 */
#ifndef SCE_GATE_HOST_H
#define SCE_GATE_HOST_H

#include <stdint.h>

#include "guest/child.h"
#include "guest/guest.h"

/* The gate, and what the container held before the first run. */
struct gate_host {
	struct child booted; /* with pipes that nobody uses, for its stdio */
	int socket_fd;
	uint64_t used_bytes;
	uint64_t processes;
};

/* gate_serve.c. Runs programs until one is not to be followed by another: 0;
 * -1 if there was none to run, and then the host was told why. */
int gate_serve(struct guest *guest, const char *settings);

/* gate_host.c. A number from the gate: 0 when it is there, then the pid of each
 * init. 0, or -1 with errno. */
int gate_hear(const struct gate_host *host, int32_t *number);

/* 0, and guest->child is the init of a new program; or -1 with errno. */
int gate_fork(
    struct guest *guest, const struct gate_host *host, const struct job *job);

/* How the program ended, now that its init has been reaped with a status. */
int gate_status(struct child *child, int status);

/* Behind a run; guest->child is the gate again. */
void gate_close(struct guest *guest, const struct gate_host *host);

#endif
