/* SPDX-License-Identifier: MIT */
/*
 * The gate: a library that the guest loads, by LD_PRELOAD, into one stock
 * interpreter. That boots, and when it opens its script it waits here instead;
 * for each run it is forked, and the fork goes on to open the run's own script
 * as if nothing had been. Four kinds of process play a part:
 *
 *   gate     the booted interpreter. It reads no byte of any run.
 *   scout    a copy of it, once, before the first run: runs a program of ours
 *            and finds out what memory programs need.
 *   init     PID 1 of fresh namespaces, with all capabilities in them; it
 *            mounts, forks the program, waits. It reads nothing of the run
 *            either, for it is in the gate's memory, with a stack of its own.
 *            It shares errno: a step that fails just when the gate closes its
 *            descriptors may be told with another one; behind that the gate
 *            waits.
 *   program  a copy of that memory; gives up all of that, takes the run's text
 *            and files and returns to Python.
 */
#ifndef SCE_GUEST_GATE_H
#define SCE_GUEST_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/gate.h"

struct gate {
	uint64_t box_bytes;
	uint64_t tmp_bytes; /* 0: there is no /tmp */
	uint64_t shm_bytes;
	uid_t uid; /* as seen outside of a new user namespace */
	gid_t gid;
	/* What the interpreter must be told about a fork. */
	void (*after_fork_child)(void);
};

/* gate.c: stores the interpreter's symbol of that name, which it must have. */
void gate_find(const char *name, void *pointer);

/* script.c: before the fork; and in the program, instead of main. */
void script_find_symbols(void);
void script_run(FILE *file, const char *path) __attribute__((noreturn));

/* script.c: the same without an end, so that what modules have for that does
 * not run. */
void script_rehearse(FILE *file, const char *path);

/* quiet.c: before the fork, behind all imports: 0, or -1; and at the end of a
 * program: true if its output is flushed and nothing is left to be seen. */
int quiet_prepare(void);
bool quiet_flush_and_judge(void);

/* warm.c: before the first fork; if that fails, programs go without. And in
 * each that waits for its text. */
void warm_learn(const struct gate *gate);
void warm_up(void);

/* nest.c: in the clone. Returns in the program, and there only. */
void nest_run(const struct gate *gate, const int fds[GATE_FDS]);

/* nest.c: a step went wrong, with errno. */
void nest_fail(int run_fd, const char *step) __attribute__((noreturn));

/* program.c, in the program: its pipes in place, the run's socket of fds at
 * this number and close-on-exec, and nothing else open. 0, or -1. */
#define PROGRAM_RUN_FD 3
int program_place_fds(const int fds[GATE_FDS]);

/* program.c: NULL, or the step that failed, with errno. */
const char *program_confine(void);

#endif
