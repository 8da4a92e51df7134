/* SPDX-License-Identifier: MIT */
/*
 * docker kill signals PID 1 only, and waits for it: a PID 1 that is never
 * scheduled again survives that. A signal to every member of the cgroup does
 * not depend on any of them.
 */
#include "supervisor/docker/client.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define LINE_BYTES 512

/* Takes one line, "N:controllers:/path". 1 if it names the folder. */
static int
take_line(char *line, char path[CGROUP_PATH_MAX])
{
	char *controllers = strchr(line, ':');
	char *folder;
	int n;

	if (controllers == NULL)
		return 0;
	folder = strchr(++controllers, ':');
	if (folder == NULL)
		return 0;
	*folder++ = '\0';
	folder[strcspn(folder, "\n")] = '\0';
	/* The root holds all processes: it is no container's. */
	if (folder[0] != '/' || folder[1] == '\0' ||
	    strstr(folder, "..") != NULL)
		return 0;
	if (strcmp(controllers, "pids") != 0 && controllers[0] != '\0')
		return 0;
	n = snprintf(path, CGROUP_PATH_MAX, CGROUP_ROOT "%s%s%s",
	    controllers[0] != '\0' ? "/" : "", controllers, folder);
	return n > 0 && n < CGROUP_PATH_MAX;
}

int
cgroup_parse(FILE *file, char path[CGROUP_PATH_MAX])
{
	char line[LINE_BYTES];

	while (fgets(line, sizeof(line), file) != NULL) {
		if (take_line(line, path))
			return 0;
	}
	errno = ENOENT;
	return -1;
}

int
cgroup_find(pid_t pid, char path[CGROUP_PATH_MAX])
{
	char name[64];
	FILE *file;
	int rc;

	(void)snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
	file = fopen(name, "re");
	if (file == NULL)
		return -1;
	rc = cgroup_parse(file, path);
	(void)fclose(file);
	return rc;
}

static int
write_file(const char *folder, const char *file, const char *text)
{
	char name[CGROUP_PATH_MAX + 64];

	(void)snprintf(name, sizeof(name), "%s/%s", folder, file);
	return io_write_file(name, text);
}

/* In version 1 the limits of memory and of memory with swap must not cross: on
 * the way down the first goes before the second, on the way up after it. */
static int
limit_both(const char *folder, const char *text)
{
	int rc = write_file(folder, "memory.limit_in_bytes", text);

	if (write_file(folder, "memory.memsw.limit_in_bytes", text) == -1 &&
	    errno != ENOENT) /* without swap accounting */
		return -1;
	return rc == 0 ? 0 : write_file(folder, "memory.limit_in_bytes", text);
}

int
cgroup_limit_memory(const char *path, uint64_t bytes)
{
	static const char known[] = CGROUP_ROOT "/pids/";
	char folder[CGROUP_PATH_MAX + 16];
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, bytes);
	if (strncmp(path, known, sizeof(known) - 1) != 0)
		return write_file(path, "memory.max", text);
	(void)snprintf(folder, sizeof(folder), CGROUP_ROOT "/memory/%s",
	    path + sizeof(known) - 1);
	return limit_both(folder, text);
}

int
cgroup_kill(const char *path)
{
	char name[CGROUP_PATH_MAX + 16];
	char line[32];
	FILE *file;
	long pid;

	/* Version 2 has a file for it, since Linux 5.14. */
	if (write_file(path, "cgroup.kill", "1") == 0)
		return 0;
	(void)snprintf(name, sizeof(name), "%s/cgroup.procs", path);
	file = fopen(name, "re");
	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL) {
		pid = strtol(line, NULL, 10);
		if (pid > 1 && pid <= INT_MAX)
			(void)kill((pid_t)pid, SIGKILL);
	}
	(void)fclose(file);
	return 0;
}
