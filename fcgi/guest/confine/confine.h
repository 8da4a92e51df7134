/* SPDX-License-Identifier: MIT */
/*
 * What the guest's child gives up before it execs the interpreter: Landlock
 * (paths, signals, abstract sockets) and the strict seccomp filter. Both need
 * no_new_privs, which the caller has set.
 */
#ifndef SCE_CONFINE_H
#define SCE_CONFINE_H

#include <stdbool.h>

/*
 * Reads and execution of the image's system folders only; /box, /tmp and
 * /dev/shm writable; five harmless devices; no /proc, no /sys; no
 * signal and no abstract socket out of the domain where the kernel knows
 * that. Where the kernel has no Landlock: 0 if !required, else -1. Any other
 * failure is -1 with errno. TCP is left to the network namespace, which has
 * nothing but its own loopback, so that it works the same on every kernel.
 */
int confine_paths(bool required);

/* Makes the strict filter, once and ahead of all programs. 0, or -1 with
 * errno. */
int confine_prepare(void);

/* Installs it. 0, or -1 with errno: EINVAL if it has not been made. */
int confine_syscalls(void);

#endif
