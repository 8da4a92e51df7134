/* SPDX-License-Identifier: MIT */
#ifndef SCE_PYTHON_AHEAD_H
#define SCE_PYTHON_AHEAD_H

#include "guest/guest.h"

/* Is the language's command an interpreter that can wait for the program? */
bool python_ahead_is_possible(const struct guest *guest);

/* Starts it, until it blocks in the open of its script, a FIFO. 0, or -1 after
 * the host was told why. */
int python_ahead_boot(struct guest *guest);

/* Runs a job, after STARTED, in that interpreter or, if that cannot take it, in
 * one started afresh. 0, or -1: there was no verdict. */
int python_ahead_run(struct guest *guest, const struct job *job);

#endif
