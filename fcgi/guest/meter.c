/* SPDX-License-Identifier: MIT */
/* CPU time from the kernel's accounting of reaped children, memory and OOM
 * kills from the container's cgroup, which it sees through its own cgroup
 * namespace. */
#include "guest/meter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int
open_either(const char *version1, const char *version2)
{
	int fd = open(version1, O_RDONLY | O_CLOEXEC);

	return fd != -1 ? fd : open(version2, O_RDONLY | O_CLOEXEC);
}

void
meter_open(struct meter *meter)
{
	memset(meter, 0, sizeof(*meter));
	meter->oom_fd = open_either("/sys/fs/cgroup/memory/memory.oom_control",
	    "/sys/fs/cgroup/memory.events");
	meter->peak_fd = open_either(
	    "/sys/fs/cgroup/memory/memory.max_usage_in_bytes",
	    "/sys/fs/cgroup/memory.peak");
}

/* The number behind key in a small file of the cgroup; 0 if there is none. */
static uint64_t
read_number(int fd, const char *key)
{
	char text[512];
	const char *at;
	ssize_t n;

	n = fd == -1 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	at = strstr(text, key);
	return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

static uint64_t
timeval_us(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec;
}

static uint64_t
reaped_cpu_us(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) == -1)
		return 0;
	return timeval_us(&usage.ru_utime) + timeval_us(&usage.ru_stime);
}

void
meter_start(struct meter *meter, pid_t child)
{
	struct timespec used = { 0, 0 };
	clockid_t clock;

	meter->oom_before = read_number(meter->oom_fd, "oom_kill ");
	meter->cpu_before_us = reaped_cpu_us();
	if (clock_getcpuclockid(child, &clock) != 0 ||
	    clock_gettime(clock, &used) == -1)
		return;
	meter->cpu_before_us += (uint64_t)used.tv_sec * 1000000 +
				(uint64_t)used.tv_nsec / 1000;
}

uint64_t
meter_cpu_us(const struct meter *meter)
{
	uint64_t now_us = reaped_cpu_us();

	return now_us > meter->cpu_before_us ? now_us - meter->cpu_before_us
					     : 0;
}

uint64_t
meter_peak_bytes(const struct meter *meter)
{
	struct rusage usage;
	uint64_t peak = read_number(meter->peak_fd, "");

	if (peak == 0 && getrusage(RUSAGE_CHILDREN, &usage) == 0)
		peak = (uint64_t)usage.ru_maxrss * 1024;
	return peak;
}

uint64_t
meter_oom_kills(const struct meter *meter)
{
	uint64_t now = read_number(meter->oom_fd, "oom_kill ");

	return now > meter->oom_before ? now - meter->oom_before : 0;
}
