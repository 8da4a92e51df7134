/* SPDX-License-Identifier: MIT */
/*
 * Finds the files that a program has made in its working directory, when
 * everything of it is dead and nothing changes any more. Whatever it has put
 * there, this ends soon: entries, depth, bytes and time are bounded, no link
 * is followed, and only regular files and directories are ever opened.
 */
#ifndef SCE_COLLECT_H
#define SCE_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/frame.h"

struct collected_file {
	char path[EXTRAS_PATH_MAX + 1]; /* below the working directory */
	uint32_t len;                   /* bytes */
};

/* The first ones by name, in that order, each below RETURN_BYTES_MAX. */
struct collected {
	struct collected_file files[RETURN_FILES_MAX];
	size_t count;
	bool is_cut; /* there are others: too many, too large, not to be read,
		      * too deep, of names that can not be said */
};

/*
 * root_fd is a directory, or AT_FDCWD for the current one. Left out are the
 * program itself, the files of the job that are as they were sent, and
 * __pycache__.
 */
void collect_find(int root_fd, const struct job *job, uint64_t deadline_us,
    struct collected *found);

/* A file that was found, to be read: a descriptor, or -1. */
int collect_open(int root_fd, const struct collected_file *file);

#endif
