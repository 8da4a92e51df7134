/* SPDX-License-Identifier: MIT */
#ifndef SCE_COMPILE_AND_RUN_H
#define SCE_COMPILE_AND_RUN_H

#include "guest/guest.h"

/* Starts a command, confined, behind the pipes of guest->child. 0, or -1 after
 * the host was told why. */
int command_start(struct guest *guest, const char *const argv[]);

/* Can each of the commands be executed here? 0, or -1 after the host was told
 * why not. */
int compile_and_run_try(struct guest *guest);

/* Runs the whole of a job that began, with STARTED, at started_us: its files,
 * its compiler, the program. 0, or -1: there was no verdict. */
int compile_and_run(
    struct guest *guest, const struct job *job, uint64_t started_us);

#endif
