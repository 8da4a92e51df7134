/* SPDX-License-Identifier: MIT */
/* The life line to the host: dial, frames, the one job. */
#ifndef SCE_HOST_H
#define SCE_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "common/frame.h"

/* A host that is slower than this in mid-job or mid-frame is gone. */
#define HOST_PATIENCE_US (5 * 1000000)

struct guest;

/* Connects to the slot's socket. A non-blocking descriptor; -1 with errno. */
int host_dial(const char *path);

/* Sends a frame, whose payload of len bytes is at frame + FRAME_HEADER_LEN. 0,
 * or -1: the host is gone. */
int host_send_frame(
    int host_fd, uint8_t *frame, enum frame_kind kind, size_t len);

/* Sends a frame with CHILD_ERROR_MAX bytes of payload at the most. 0 or -1. */
int host_send(const struct guest *guest, enum frame_kind kind,
    const void *payload, size_t len);

/* Says READY: a job may come. 0 or -1. */
int host_send_ready(const struct guest *guest);

/* Tells the host why there will be no run: what went wrong and errno's reason,
 * or a whole sentence. Always -1. */
int host_report(const struct guest *guest, const char *what);
int host_report_sentence(const struct guest *guest, const char *sentence);

/*
 * Waits on the host and on the interpreter, if there is one. 1: the host has
 * something to say, or is gone; 0: not yet; -1: the interpreter died.
 */
int host_watch(const struct guest *guest, int timeout_ms);

/* The same, however long: never 0. */
int host_await(const struct guest *guest);

/* Waits for the one job, however long. 0, or -1: there will be none. */
int host_take_job(const struct guest *guest, struct job *job);

/* Overwrites every byte of the last job. */
void host_forget_job(void);

#endif
