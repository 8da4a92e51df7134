/* SPDX-License-Identifier: MIT */
#ifndef SCE_LANGUAGE_H
#define SCE_LANGUAGE_H

#include "guest/guest.h"

/* Boots the language's interpreter, if it is one that can wait for the program;
 * else executes each of its commands once, for nothing. 0, or -1 after the host
 * was told why. */
int language_boot(struct guest *guest);

/* Runs a job after STARTED: its files, its compiler, the program. 0, or -1:
 * there was no verdict. */
int language_run(struct guest *guest, const struct job *job);

#endif
