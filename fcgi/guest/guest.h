/* SPDX-License-Identifier: MIT */
/* The guest's one struct; host.c talks to the host, boot.c boots Python ahead
 * of the program, stages.c starts what is not booted ahead. */
#ifndef SCE_GUEST_H
#define SCE_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/frame.h"
#include "common/words.h"
#include "guest/run/child.h"
#include "guest/run/meter.h"

/* A host that is slower than this in mid-job or mid-frame is gone. */
#define HOST_PATIENCE_US (5 * 1000000)

struct guest {
	int host_fd;
	int signal_fd; /* SIGCHLD and SIGALRM */
	int fifo_fd;   /* the interpreter's script; -1: it has a file */
	bool landlock_required;
	const char *file;             /* what the script is called, as a rule */
	char *compile[WORDS_MAX + 1]; /* nothing at all: no compiler */
	char *command[WORDS_MAX + 1];
	struct child child;
	struct meter meter;
};

/* host.c. The slot's socket, non-blocking; -1 with errno. */
int host_dial(const char *path);

/* One frame with a small payload. 0, or -1: the host is gone. */
int host_send(
    struct guest *guest, enum frame_kind kind, const void *payload, size_t len);

/* Tells the host why there will be no run, with errno. Always -1. */
int host_report(struct guest *guest, const char *what);

/*
 * Waits on the host and on the interpreter, if there is one. 1: the host has
 * something to say, or is gone; 0: not yet; -1: the interpreter died.
 */
int host_watch(struct guest *guest, int timeout_ms);

/* Waits for the one job, however long. 0, or -1: there will be none. */
int host_take_job(struct guest *guest, struct job *job);

/* No byte of the last job stays. */
void host_forget_job(void);

/*
 * boot.c. Each of these is 0, or -1 after it told the host why. A command,
 * confined, behind the pipes of guest->child:
 */
int boot_command(struct guest *guest, char *const argv[]);

/* Is it an interpreter that can wait for the program? */
bool boot_is_ahead(const struct guest *guest);

/* It, until it blocks in the open of its script, a FIFO: */
int boot_on_fifo(struct guest *guest);

/* The program as a regular file, in the FIFO's place, and its files. */
int boot_place_job(struct guest *guest, const struct job *job);

/* Is the waiting interpreter one that can not take this job? */
bool boot_must_be_afresh(const struct guest *guest, const struct job *job);

/* Then another, on the file, with the job's arguments and options. */
int boot_on_file(struct guest *guest, const struct job *job);

/*
 * stages.c. Can each of the commands be executed here? 0, or -1 after it told
 * the host why not.
 */
int stages_try(struct guest *guest);

/* The whole of a job that has been said to be STARTED: its files, its
 * compiler, the program. 0, or -1: there was no verdict. */
int stages_run(struct guest *guest, const struct job *job);

#endif
