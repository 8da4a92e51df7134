/* SPDX-License-Identifier: MIT */
/*
 * Descriptors and time. Deadlines are points on CLOCK_MONOTONIC, in
 * microseconds; everything that waits takes one.
 */
#ifndef SCE_IO_H
#define SCE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define IO_FOREVER UINT64_MAX

uint64_t io_now_us(void);

/* For poll(2): milliseconds left, rounded up, 0 when past, -1 for ever. */
int io_left_ms(uint64_t deadline_us);

/* Waits for poll(2)'s events. 0, or -1 with errno; ETIMEDOUT when the deadline
 * came first. */
int io_wait(int fd, short events, uint64_t deadline_us);

/* Closes *fd if it is open, sets it to -1, keeps errno. */
void fd_close(int *fd);

/* The same with each of them. */
void fd_close_all(int *fds, size_t count);

/* Closes all from first on; with CLOSE_RANGE_CLOEXEC, at the next exec. 0, or
 * -1 with errno. */
int fd_close_from(int first, unsigned int flags);

/* Gives the descriptor away: returns *fd and sets it to -1. */
int fd_take(int *fd);

/* 0, or -1 with errno. */
int fd_set_nonblocking(int fd);

/* Opens /dev/null on whichever of 0, 1, 2 is closed. 0, or -1 with errno. */
int fd_keep_standard_open(void);

/* Puts these, none of which is 0, 1 or 2, onto 0, 1 and 2. 0, or -1 with errno.
 */
int fd_use_as_standard(const int fds[3]);

/* Before an exec: default dispositions, empty mask. 0, or -1 with errno. */
int io_reset_signals(void);

/*
 * Writes all len bytes, to a blocking or a non-blocking descriptor. 0, or -1
 * with errno; ETIMEDOUT when the deadline came first.
 */
int io_write_all(int fd, const void *buf, size_t len, uint64_t deadline_us);

/* The same for parts: in one call if there is room, else bit by bit. */
int io_write_parts(
    int fd, const struct iovec *parts, int count, uint64_t deadline_us);

/* Writes text to a file that is there, as to those of proc and cgroups. 0, or
 * -1 with errno. */
int io_write_file(const char *path, const char *text);

/* Reads exactly len bytes. 0, or -1; EPIPE at an early end of file. */
int io_read_all(int fd, void *buf, size_t len, uint64_t deadline_us);

#endif
