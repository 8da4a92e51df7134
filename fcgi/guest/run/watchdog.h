/* SPDX-License-Identifier: MIT */
/*
 * The deadline that PID 1's main thread cannot miss. A read from a pipe
 * waits, uninterruptibly, for a writer that the kernel holds up in its search
 * for memory; then no alarm and no end of file wakes the reader. A second
 * thread has no pipe to wait for: it kills, and the reader goes on.
 */
#ifndef SCE_WATCHDOG_H
#define SCE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

/* Starts the thread, before there is any program. 0, or -1 with errno. */
int watchdog_start(void);

/* From deadline_us (CLOCK_MONOTONIC) on it kills everything but PID 1. */
void watchdog_arm(uint64_t deadline_us);

/* The run has ended in time; another may be armed for. */
void watchdog_disarm(void);

/* True if it has killed. */
bool watchdog_has_fired(void);

#endif
