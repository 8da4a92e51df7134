/* SPDX-License-Identifier: MIT */
/*
 * The gate: a library that the guest loads, by LD_PRELOAD, into one stock
 * interpreter. That boots, and when it opens its script it waits here instead;
 * for each run it is forked, and the fork goes on to open the run's own script
 * as if nothing had been. Four kinds of process play a part:
 *
 *   gate     the booted interpreter. It reads no byte of any run.
 *   scout    a copy of it, once, before the first run: runs a program of ours
 *            and finds out what memory programs need (prefault.c).
 *   init     PID 1 of fresh namespaces, with all capabilities in them; it
 *            mounts, forks the program, waits (namespaces.c). It reads nothing
 *            of the run either, for it is in the gate's memory, with a stack of
 *            its own. It shares errno: a step that fails just when the gate
 *            closes its descriptors may be told with another error; after that
 *            the gate waits.
 *   program  a copy of that memory; gives up all of that, takes the run's text
 *            and files and returns to Python (program.c, script.c).
 */
#ifndef SCE_GUEST_GATE_H
#define SCE_GUEST_GATE_H

#include <stdint.h>
#include <sys/types.h>

/* The gate's settings, which each of its copies has too. */
struct gate {
	uint64_t box_bytes;
	uint64_t tmp_bytes; /* 0: there is no /tmp */
	uint64_t shm_bytes;
	uid_t uid; /* as seen outside of a new user namespace */
	gid_t gid;
};

#endif
