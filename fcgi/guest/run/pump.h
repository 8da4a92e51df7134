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

/* The resources that a run has used, and the kernel's OOM kills in it. */
struct meter {
	int oom_fd;    /* the cgroup's OOM counter, -1 where it is unknown */
	int peak_fd;   /* its peak memory, likewise */
	int cpu_ns_fd; /* its CPU time, in the one unit or the other */
	int cpu_us_fd;
	int used_fd; /* the cgroup's memory and processes as they are */
	int pids_fd;
	uint64_t cpu_before_us;
	uint64_t oom_before;
};

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

/* --- meter.c --- */
/* Opens the container's own cgroup files, version 1 or 2. */
void meter_open(struct meter *meter);

/* Remembers what was used before the job: the interpreter's boot. */
void meter_start(struct meter *meter);

/* After everything was reaped. */
uint64_t meter_cpu_us(const struct meter *meter);
uint64_t meter_peak_bytes(const struct meter *meter);

/* How many processes were killed for memory since meter_start. */
uint64_t meter_oom_kills(const struct meter *meter);

/* The container's memory and processes now; 0 where that is unknown. */
uint64_t meter_used_bytes(const struct meter *meter);
uint64_t meter_processes(const struct meter *meter);

/* --- clock.c --- */
/* Sets the alarm and the watchdog for the pump's deadline. */
void clock_start(struct pump *pump);

/* The run has ended; another may be started. */
void clock_stop(void);

/* True from the deadline on, of the run or of its grace. */
bool clock_is_up(const struct pump *pump);

/* Gives the program a last while: the deadline moves. */
void clock_begin_grace(struct pump *pump);

/* True when the job's CPU time is used up; sets is_out_of_cpu. */
bool clock_is_out_of_cpu(struct pump *pump);

/* True of a run that has ended because its time was up. */
bool clock_has_timed_out(const struct pump *pump);

/*
 * The watchdog's is the deadline that PID 1's main thread cannot miss. A read
 * from a pipe waits, uninterruptibly, for a writer that the kernel holds up in
 * its search for memory; then no alarm and no end of file wakes the reader. A
 * second thread has no pipe to wait for: it kills, and the reader goes on.
 *
 * Starts the thread, before there is any program. 0, or -1 with errno.
 */
int watchdog_start(void);

/* From deadline_us (CLOCK_MONOTONIC) on it kills everything but PID 1. */
void watchdog_arm(uint64_t deadline_us);

/* True if it has killed. */
bool watchdog_has_fired(void);

#endif
