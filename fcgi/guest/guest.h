/* SPDX-License-Identifier: MIT */
/* The guest's one struct, and a run of it. */
#ifndef SCE_GUEST_H
#define SCE_GUEST_H

#include <stdbool.h>

#include "common/words.h"
#include "guest/run/child.h"
#include "guest/run/pump.h"

struct guest {
	int host_fd;
	int signal_fd; /* SIGCHLD and SIGALRM */
	int fifo_fd;   /* the interpreter's script; -1: it has a file */
	bool landlock_required;
	const char *file;             /* what the script is called, as a rule */
	char *compile[WORDS_MAX + 1]; /* no words: there is no compiler */
	char *command[WORDS_MAX + 1];
	struct child child;
	struct meter meter;
};

/* A run of job, begun at started_us, for pump_run(). */
static inline struct pump
guest_begin_run(struct guest *guest, const struct job *job, uint64_t started_us)
{
	return (struct pump){ .host_fd = guest->host_fd,
		.signal_fd = guest->signal_fd,
		.fifo_fd = -1,
		.job = job,
		.child = &guest->child,
		.meter = &guest->meter,
		.started_us = started_us,
		.deadline_us = started_us +
			       (uint64_t)job->wall_limit_ms * 1000 };
}

#endif
