/* SPDX-License-Identifier: MIT */
/*
 * One run, or its compiler's: stdin, code, stdout and stderr moved between the
 * host's socket and the child's pipes, under the limits of the job, until there
 * is a verdict.
 */
#ifndef SCE_PUMP_H
#define SCE_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/frame.h"
#include "guest/run/child.h"
#include "guest/run/meter.h"

/* How long a program that ran out of time may flush its stdout. */
#define PUMP_GRACE_US (200 * 1000)

struct pump {
	int host_fd;
	int signal_fd; /* SIGCHLD and SIGALRM */
	int fifo_fd;   /* the interpreter's script, -1: it has a file */
	const struct job *job;
	struct child *child;
	struct meter *meter;
	uint64_t started_us;
	uint64_t deadline_us;
	/* the pump's own; zero at first */
	uint32_t stdin_sent;
	uint32_t code_sent;
	bool ended; /* the main process is gone, status holds */
	int status;
	bool is_silent; /* its init has no more to say; it may still end */
	bool is_alone;  /* its init has said that all the others are dead */
	uint64_t cpu_look_us; /* when to look at its CPU time again */
	bool is_out_of_cpu;   /* it has used up the job's */
	bool in_grace;        /* it ran out of time and may flush */
	struct verdict verdict;
};

/*
 * Runs to the end, kills and reaps everything, sends the last output and the
 * verdict, as a frame of the kind last. An init that is alone is ended behind
 * that. 0, or -1 when the host went away.
 */
int pump_run(struct pump *pump, enum frame_kind last);

/* pump_judge.c: the verdict on what has ended, but for what was counted. */
void pump_judge(struct pump *pump);

/*
 * pump_files.c: sends what the program left in its working directory, as far
 * as it may be returned; everything of it is dead. buffer is for a whole
 * frame. 0, or -1: the host is gone.
 */
int pump_files(struct pump *pump, uint8_t *buffer);

/* pump_clock.c: SIGALRM at the deadline, and again and again after it. */
void pump_arm_alarm(uint64_t deadline_us);
void pump_disarm_alarm(void);

/*
 * False: it has used up the job's CPU time. A look at it costs some, so there
 * is one when it could be used up, were eight cores busy with it.
 */
bool pump_has_cpu_time(struct pump *pump);

#endif
