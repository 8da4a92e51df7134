/* SPDX-License-Identifier: MIT */
/*
 * What a program gives up before any of its code runs: one list for both kinds
 * of program, the one that is executed and the one that the gate forks. And the
 * environment that it finds.
 */
#ifndef SCE_CONFINE_H
#define SCE_CONFINE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The few differences: each of these is a step that only some take. */
enum confine_flag {
	/* Resource limits: a fork has them of the gate. */
	CONFINE_LIMITS = 1,
	/* Default signals: a fork goes on with Python's handlers. */
	CONFINE_SIGNALS = 2,
	/* All capabilities: only a fork, in a user namespace, has any. */
	CONFINE_CAPABILITIES = 4,
	/* Landlock is required: without this, only where the kernel has it. */
	CONFINE_LANDLOCK = 8
};

/*
 * Takes this process's rights away, after confine_prepare(): a session of its
 * own, first in line for an OOM kill, the lowest priority, no new privileges,
 * Landlock, the strict filter, and what flags add. NULL, or the name of the
 * step that failed, with errno; then no program may run in this process.
 */
const char *confine_program(unsigned int flags);

/* Writes to report_fd, as a struct gate_report, which step went wrong, with
 * errno, and ends the process. */
void confine_fail(int report_fd, const char *step) __attribute__((noreturn));

/* The resource limits alone. 0, or -1 with errno. */
int confine_limits(void);

/*
 * Leaves reads and execution of the image's system folders, /box, /tmp and
 * /dev/shm to write to, and five harmless devices: no /proc, no /sys. Where the
 * kernel knows that, no signal and no abstract socket leaves the domain. Where
 * the kernel has no Landlock: 0 if !required, else -1. Any other failure is -1
 * with errno. TCP is left to the network namespace, which has nothing but its
 * own loopback, so that it works the same on every kernel.
 */
int confine_paths(bool required);

/* Makes the strict filter, once and ahead of all programs. 0, or -1 with
 * errno. */
int confine_prepare(void);

/* Installs it. 0, or -1 with errno: EINVAL if it has not been made. */
int confine_syscalls(void);

/* Entries of a program's environment, with the NULL at its end. */
#define ENVIRONMENT_MAX 8

/*
 * Fills in a program's environment: the part that is the same for all, then
 * the part that image, the environment that the image gave to PID 1, may add.
 * The strings stay image's. Never fails: too many entries lose their last.
 */
void environment_fill(char *environment[ENVIRONMENT_MAX], char *const image[]);

/* --- filter.c --- */
#define FILTER_MAX 1024
#define FILTER_NUMBERS 512 /* of calls: 0 to 511 */

struct filter {
	struct sock_filter code[FILTER_MAX];
	size_t len;
};

/* 0, or -1 with errno E2BIG: there is no room for it. */
int filter_add(
    struct filter *filter, const struct sock_filter *code, size_t len);

/*
 * Adds what decides as this list does, for numbers up to last, which is less
 * than FILTER_NUMBERS. Each rule is JEQ with the number, which jumps over the
 * rest of the rule for other calls; that rest always ends in a verdict. The
 * first of two rules for a number counts. The last element of the list is the
 * verdict for all others. -1 with errno E2BIG, or EINVAL for another list.
 */
int filter_add_tree(struct filter *filter, const struct sock_filter *list,
    size_t len, uint32_t last);

#endif
