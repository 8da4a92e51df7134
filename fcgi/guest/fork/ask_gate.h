/* SPDX-License-Identifier: MIT */
/*
 * The guest's side of the gate (isolation = fork): boot it, have it fork one
 * program after the other, and tell whether the last one left anything.
 */
#ifndef SCE_GATE_HOST_H
#define SCE_GATE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"
#include "guest/run/child.h"

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

/* 0, and guest->child is an init that waits for its program; or -1 with errno.
 */
int gate_fork(struct guest *guest, const struct gate_host *host);

/* 0: it runs as soon as it is there; -1 with errno. */
int gate_send_program(const struct guest *guest, const struct job *job);

/* It has not died, and has not said anything unasked. */
bool gate_is_there(const struct gate_host *host);

/* For pump.c, which is told nothing of a gate; without one they say what is
 * so of a program that was executed. Whom kill(2) ends all of it by: */
pid_t gate_whom_to_kill(const struct child *child);

/* Of its largest process; of the container where no init tells. */
uint64_t gate_peak_bytes(const struct child *child, const struct meter *meter);

/* The working directory of what has ended, for openat(2); -1: there is none. */
int gate_box(const struct child *child);

/*
 * What an init says while it lives. 1: status is that of its program, and
 * nobody is left in its namespaces but itself; 0: nothing yet; -1: there is no
 * more to hear, its end will tell.
 */
int gate_hear_init(struct child *child, int *status);

/* How the program ended, now that its init has been reaped with a status. */
int gate_status(struct child *child, int status);

/* Behind a run; guest->child is the gate again. */
void gate_close(struct guest *guest, const struct gate_host *host);

#endif
