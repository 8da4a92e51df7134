/* SPDX-License-Identifier: MIT */
/* One message and a few descriptors over a Unix socket. */
#ifndef SCE_FDPASS_H
#define SCE_FDPASS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Sends a whole message, with a descriptor unless fd is -1 (the caller keeps
 * its copy). Never blocks. 0, or -1 with errno (EAGAIN: the peer does not
 * read).
 */
int fdpass_send(int sock, const void *msg, size_t len, int fd);

/*
 * Takes one message of exactly len bytes. *fd gets its descriptor, close on
 * exec, or -1. 1; 0 at end of file; -1 with errno: EAGAIN, or EPROTO for a
 * wrong length or more than one descriptor, which are then closed.
 */
int fdpass_recv(int sock, void *msg, size_t len, int *fd);

/* The most descriptors that go with one message. */
#define FDPASS_MAX 4

/* The same with exactly count descriptors; none of fds changes on failure. */
int fdpass_send_many(
    int sock, const void *msg, size_t len, const int *fds, size_t count);
int fdpass_recv_many(int sock, void *msg, size_t len, int *fds, size_t count);

#endif
