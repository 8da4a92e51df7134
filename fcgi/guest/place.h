/* SPDX-License-Identifier: MIT */
/* Puts what a job brings into the working directory, which is /box. */
#ifndef SCE_PLACE_H
#define SCE_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The files of valid extras, with the directories that they need. Nothing of
 * a program has run here, so that nothing is in the way but what the job itself
 * has put there. 0, or -1 with errno.
 */
int place_files(const uint8_t *extras, size_t len);

/* The directories above a path. 0, or -1 with errno. */
int place_parents(const char *path);

#endif
