/* SPDX-License-Identifier: MIT */
/* A container's cgroup: its memory limit, and a kill that needs nobody. */
#ifndef SCE_CGROUP_H
#define SCE_CGROUP_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define CGROUP_PATH_MAX 512

/* Finds the cgroup folder of a process, version 1 or 2. 0, or -1. */
int cgroup_find(pid_t pid, char path[CGROUP_PATH_MAX]);

/* The same from an open /proc/PID/cgroup, for tests. */
int cgroup_parse(FILE *file, char path[CGROUP_PATH_MAX]);

/* SIGKILL to every process in it. 0, or -1 with errno. */
int cgroup_kill(const char *path);

/*
 * Limits the memory of all in it, swap included: bytes. 0, or -1 with errno:
 * EBUSY if it has more than that and cannot give it back.
 */
int cgroup_limit_memory(const char *path, uint64_t bytes);

#endif
