/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_PROGRAM_H
#define SCE_GATE_PROGRAM_H

#include "common/gate.h"

/* In the fork: gives up its rights, takes the run's text and files. Returns
 * when Python can open the script; else the guest was told why. */
void program_become(const int fds[GATE_FDS]);

/* Tells the guest, over the run's socket, which step of an init or a program
 * went wrong, with errno, and ends the process. */
void program_fail(int run_fd, const char *step) __attribute__((noreturn));

#endif
