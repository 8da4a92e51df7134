/* SPDX-License-Identifier: MIT */
/* The resources that a run has used, and the kernel's OOM kills in it. */
#ifndef SCE_METER_H
#define SCE_METER_H

#include <stdint.h>

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

#endif
