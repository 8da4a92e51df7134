/* SPDX-License-Identifier: MIT */
/*
 * Puts the files of a job into the working directory, which is /box: new files
 * at safe paths (see args_and_files.h), with the directories that they need.
 * No program has run here yet, so nothing is in the way but what the job itself
 * has put there.
 */
#ifndef SCE_PLACE_H
#define SCE_PLACE_H

#include <stddef.h>
#include <stdint.h>

/* 0, or -1 with errno. */
int place_file(const char *path, const void *data, size_t len);

/* The files of valid extras. 0, or -1 with errno. */
int place_files(const uint8_t *extras, size_t len);

#endif
