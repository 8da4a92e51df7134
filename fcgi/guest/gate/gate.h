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
#include <stdio.h>
#include <sys/types.h>

#include "common/gate.h"

/* The gate's settings, which each of its copies has too. */
struct gate {
	uint64_t box_bytes;
	uint64_t tmp_bytes; /* 0: there is no /tmp */
	uint64_t shm_bytes;
	uid_t uid; /* as seen outside of a new user namespace */
	gid_t gid;
};

/* In the clone: the life of an init. Returns only in the program, which is
 * ready to go back to Python then. */
void namespaces_run_init(const struct gate *gate, const int fds[GATE_FDS]);

/* In the init's fork: gives up all rights, takes the run's text and files.
 * Returns when Python can open the script; if a step fails, tells the guest and
 * exits. */
void program_become(const int fds[GATE_FDS]);

/* Before the first fork. If it fails, programs do without. */
void prefault_learn(void);

/* In each program, while it waits for its text. */
void prefault_fetch(void);

/* Before the first fork, after all imports. 0, or -1. */
int script_prepare(void);

/* In the program, instead of the interpreter's main function. */
void script_run(FILE *file, const char *path) __attribute__((noreturn));

/* The same in the scout; it returns, so that no module's exit code runs. */
void script_rehearse(FILE *file, const char *path);

#endif
