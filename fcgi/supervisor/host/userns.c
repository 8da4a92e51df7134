/* SPDX-License-Identifier: MIT */
/* The switches by which hosts forbid user namespaces, isolation = fork's base.
 */
#include "supervisor/host/userns.h"

#include <stddef.h>
#include <stdio.h>

/* A file of one number, or otherwise if there is none. */
static long
read_number(const char *path, long otherwise)
{
	FILE *file = fopen(path, "re");
	long number = otherwise;

	if (file == NULL)
		return otherwise;
	if (fscanf(file, "%ld", &number) != 1)
		number = otherwise;
	(void)fclose(file);
	return number;
}

const char *
userns_find_obstacle(void)
{
	if (read_number("/proc/sys/user/max_user_namespaces", 0) < 1)
		return "it needs user namespaces; this kernel has none, or "
		       "user.max_user_namespaces is 0";
	/* Debian's own switch, and Ubuntu's. */
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
		return "it needs user namespaces; "
		       "kernel.unprivileged_userns_clone forbids them";
	if (read_number(
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) !=
	    0)
		return "it needs user namespaces; "
		       "kernel.apparmor_restrict_unprivileged_userns takes "
		       "the rights from them";
	return NULL;
}
