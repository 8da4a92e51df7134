/* SPDX-License-Identifier: MIT */
/* The accept loop of one responder. */
#ifndef SCE_WORKER_H
#define SCE_WORKER_H

#include "responder/api/serve.h"

struct worker;

/* Makes everything that needs rights, before they are given up. NULL with errno
 * on failure. The listening socket is RESPONDER_LISTEN_FD. */
struct worker *worker_create(
    const struct service_options *options, struct link *link);

/* Answers requests until the supervisor is gone. */
void worker_loop(struct worker *worker);

void worker_destroy(struct worker *worker);

/* --- confine.c: the last rights, given up before the first request --- */
/* Checks that no right is left: not root, no group but its own, no capability,
 * no_new_privs. NULL, or a sentence on the right that is left. */
const char *confine_check(void);

/*
 * Gives up all files (Landlock, where the kernel has it), and all system calls
 * but those on a seccomp list for talking on the descriptors it has: no open,
 * no socket, no exec, no fork. 0, or -1 with errno.
 */
int confine_responder(void);

#endif
