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
 * verdict, as a frame of the kind last. An init that is alone is ended after
 * that. 0, or -1 when the host went away.
 */
int pump_run(struct pump *pump, enum frame_kind last);

/*
 * Sends what the program left in its working directory, as far as it may be
 * returned; everything of it is dead. The verdict says if some was left out.
 * buffer is for a whole frame. 0, or -1: the host is gone.
 */
int return_files(struct pump *pump, uint8_t *buffer);

#endif
