/* SPDX-License-Identifier: MIT */
/*
 * A fork has hardly a page of its own: it gets each by a fault, when it touches
 * it, and nearly all programs touch the same first few hundred. A scout, which
 * is a fork that runs a program of ours, finds out which pages these are; each
 * later fork fetches them while it waits for its text.
 */
#include "guest/gate/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/gate/python.h"

/* Pages beyond these are fetched by faults. */
#define RANGES_MAX 1024
#define PAGES_MAX 2048
/* The gate's with the scout: microseconds. */
#define PATIENCE_US (1000 * 1000)
#define ENTRIES 512 /* at a time */
/* One entry a page: proc_pid_pagemap(5). */
#define PAGE_IS_THERE (1ULL << 63)
#define PAGE_IS_OF_FILE (1ULL << 61)
#define PAGE_IS_OWN (1ULL << 56)

struct range {
	uintptr_t at;
	size_t len;
	int advice;
};

struct ranges {
	size_t pages;
	size_t count;
	struct range all[RANGES_MAX];
};

static const char scout_program[] = "print('hi')\n";

static struct ranges prefault_ranges;

static void
note_page(uintptr_t at, size_t len, int advice)
{
	struct range *next = prefault_ranges.all + prefault_ranges.count;

	if (prefault_ranges.pages++ >= PAGES_MAX)
		return;
	if (prefault_ranges.count > 0 && next[-1].advice == advice &&
	    next[-1].at + next[-1].len == at) {
		next[-1].len += len;
	} else if (prefault_ranges.count < RANGES_MAX) {
		*next = (struct range){ at, len, advice };
		prefault_ranges.count++;
	}
}

/* A page that the scout wrote to is its own by now; it also has the pages of
 * files that it read, of which a fork copies the writable ones anyway. */
static int
advice_on(uint64_t entry, bool is_writable)
{
	if ((entry & PAGE_IS_THERE) == 0)
		return -1;
	if ((entry & PAGE_IS_OF_FILE) == 0)
		return (entry & PAGE_IS_OWN) != 0 ? MADV_POPULATE_WRITE : -1;
	return is_writable ? -1 : MADV_POPULATE_READ;
}

static void
look_at_mapping(int pagemap_fd, uintptr_t at, uintptr_t end, bool is_writable)
{
	const size_t len = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t entries[ENTRIES];
	size_t count;
	size_t i;
	int advice;

	for (; at < end; at += count * len) {
		count = (end - at) / len;
		count = count < ENTRIES ? count : ENTRIES;
		if (count == 0 ||
		    pread(pagemap_fd, entries, count * sizeof(entries[0]),
			(off_t)(at / len * sizeof(entries[0]))) !=
			(ssize_t)(count * sizeof(entries[0])))
			return;
		for (i = 0; i < count; i++) {
			advice = advice_on(entries[i], is_writable);
			if (advice != -1)
				note_page(at + i * len, len, advice);
		}
	}
}

static void
look_back(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uintptr_t from;
	uintptr_t end;
	char line[512];
	char rights[8];

	if (maps == NULL || pagemap_fd == -1)
		_exit(1);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &end,
			rights) != 3 ||
		    rights[0] != 'r' || rights[3] != 'p')
			continue;
		look_at_mapping(pagemap_fd, from, end, rights[1] == 'w');
	}
}

/* The scout has the text to read and a pipe to answer to; nothing of the gate's
 * is open in it. */
static int
place_fds(int answer_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int standard[] = { answer_fd, null_fd, null_fd };
	int text[2];

	if (null_fd == -1 || pipe2(text, O_CLOEXEC) == -1 ||
	    io_write_all(text[1], scout_program, strlen(scout_program),
		IO_FOREVER) == -1 ||
	    fd_use_as_standard(standard) == -1 ||
	    dup3(text[0], GATE_SOCKET_FD, O_CLOEXEC) == -1)
		return -1;
	return fd_close_from(GATE_SOCKET_FD + 1, 0);
}

static _Noreturn void
scout(int answer_fd)
{
	FILE *file;

	/* A process that is not dumpable may not read its own /proc. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ||
	    place_fds(answer_fd) == -1 ||
	    (file = fdopen(GATE_SOCKET_FD, "r")) == NULL)
		_exit(1);
	PyOS_AfterFork_Child();
	script_rehearse(file, "main.py");
	look_back();
	(void)io_write_all(STDIN_FILENO, &prefault_ranges,
	    sizeof(prefault_ranges), IO_FOREVER);
	_exit(0);
}

void
prefault_learn(void)
{
	int answer[2];
	pid_t pid;

	if (pipe2(answer, O_CLOEXEC) == -1)
		return;
	pid = fork();
	if (pid == 0)
		scout(answer[1]);
	fd_close(&answer[1]);
	if (io_read_all(answer[0], &prefault_ranges, sizeof(prefault_ranges),
		io_now_us() + PATIENCE_US) == -1 ||
	    prefault_ranges.count > RANGES_MAX)
		prefault_ranges.count = 0;
	fd_close(&answer[0]);
	if (pid == -1)
		return;
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

void
prefault_fetch(void)
{
	const struct range *range = prefault_ranges.all;
	size_t i;

	/* A range that fails is fetched by faults. */
	for (i = 0; i < prefault_ranges.count; i++, range++)
		(void)madvise((void *)range->at, range->len, range->advice);
}
