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

/* --- source_encoding.c --- */
/*
 * True if one of the first lines declares an encoding that CPython's
 * tokenizer would seek the file for: any name but utf-8 and utf-8-*. A FIFO
 * cannot be sought, so such a program gets a fresh interpreter on a regular
 * file. False alarms only cost time.
 */
bool source_encoding_needs_seek(const uint8_t *code, size_t len);

#endif
