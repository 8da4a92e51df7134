/* SPDX-License-Identifier: MIT */
/*
 * The loop, and sced's theory of operation.
 *
 * One thread, one epoll. Three kinds of parties hang on it: boxes (a slot's
 * listening socket, then the guest's connection, then the guest's pidfd),
 * responders (a SOCK_SEQPACKET channel each) and docker clients (children, seen
 * through SIGCHLD, output in an anonymous file). sced never reads a byte that
 * came from a client of the service: a guest says READY before it has seen any,
 * and from the lease on its connection is only watched for its end. With
 * isolation = fork it says READY again after each run, in one frame of a fixed
 * size that has no other meaning (box/fork_runs.c).
 *
 * After each batch of events supervisor.c settles: each folder looks at the
 * state of the others and does what is due. So a file calls only files below
 * it: the loop calls upkeep/ and lease/, these call box/, which calls docker/
 * and pool/.
 */
#ifndef SCE_SUPERVISOR_H
#define SCE_SUPERVISOR_H

#include "supervisor/state.h"

/* Runs until it is told to stop: 0, or cannot go on: -1 with the reason logged.
 */
int supervisor_run(struct supervisor *sup);

#endif
