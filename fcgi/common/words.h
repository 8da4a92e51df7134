/* SPDX-License-Identifier: MIT */
/* Command lines of the configuration, as words. Pure. */
#ifndef SCE_WORDS_H
#define SCE_WORDS_H

#include <stdbool.h>

/* Words of one command, at the most. */
#define WORDS_MAX 16

/*
 * Cuts text, in place, at its blanks, which stand alone and between words. A
 * NULL follows the last word. Returns how many there are: none in an empty
 * text; or -1: there are too many, or a blank too many.
 */
int words_split(char *text, char *words[WORDS_MAX + 1]);

/* Is the command's first word a Python, one that has -u and waits in the open
 * of its script? */
bool words_name_python(const char *command);

#endif
