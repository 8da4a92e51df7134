/* SPDX-License-Identifier: MIT */
/*
 * CPU time, memory and OOM kills from the container's cgroup, which it sees
 * through its own cgroup namespace. The accounting of reaped children is the
 * second choice: a program that ignores SIGCHLD hides its children there.
 */
#include "guest/run/pump.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int
open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int
open_either(const char *version1, const char *version2)
{
	int fd = open_file(version1);

	return fd != -1 ? fd : open_file(version2);
}

void
meter_open(struct meter *meter)
{
	memset(meter, 0, sizeof(*meter));
	meter->oom_fd = open_either("/sys/fs/cgroup/memory/memory.oom_control",
	    "/sys/fs/cgroup/memory.events");
	meter->cpu_ns_fd = open_file("/sys/fs/cgroup/cpuacct/cpuacct.usage");
	meter->cpu_us_fd = open_file("/sys/fs/cgroup/cpu.stat");
	meter->peak_fd = open_either(
	    "/sys/fs/cgroup/memory/memory.max_usage_in_bytes",
	    "/sys/fs/cgroup/memory.peak");
	meter->used_fd = open_either(
	    "/sys/fs/cgroup/memory/memory.usage_in_bytes",
	    "/sys/fs/cgroup/memory.current");
	meter->pids_fd = open_either(
	    "/sys/fs/cgroup/pids/pids.current", "/sys/fs/cgroup/pids.current");
}

/* The number after key in a small file of the cgroup; 0 if there is none. */
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

/* Version 1 counts nanoseconds, version 2 microseconds. */
static uint64_t
used_cpu_us(const struct meter *meter)
{
	if (meter->cpu_ns_fd != -1)
		return read_number(meter->cpu_ns_fd, "") / 1000;
	if (meter->cpu_us_fd != -1)
		return read_number(meter->cpu_us_fd, "usage_usec ");
	return reaped_cpu_us();
}

void
meter_start(struct meter *meter)
{
	meter->oom_before = read_number(meter->oom_fd, "oom_kill ");
	meter->cpu_before_us = used_cpu_us(meter);
}

uint64_t
meter_cpu_us(const struct meter *meter)
{
	uint64_t now_us = used_cpu_us(meter);

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

uint64_t
meter_used_bytes(const struct meter *meter)
{
	return read_number(meter->used_fd, "");
}

uint64_t
meter_processes(const struct meter *meter)
{
	return read_number(meter->pids_fd, "");
}
