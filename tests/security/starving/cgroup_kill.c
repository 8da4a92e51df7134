/* SPDX-License-Identifier: MIT */
/*
 * cgroup_kill PID: what the supervisor does when docker kill has failed, with
 * the supervisor's own code: finds the process's cgroup and kills all in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/docker/client.h"

int
main(int argc, char *argv[])
{
	char path[CGROUP_PATH_MAX];
	long pid = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

	if (pid < 2) {
		(void)fprintf(stderr, "usage: cgroup_kill PID\n");
		return 2;
	}
	if (cgroup_find((pid_t)pid, path) == -1 || cgroup_kill(path) == -1) {
		(void)fprintf(stderr, "cgroup_kill: %s\n", strerror(errno));
		return 1;
	}
	(void)printf("%s\n", path);
	return 0;
}
