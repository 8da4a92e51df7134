/* SPDX-License-Identifier: MIT */
/*
 * isolation = fork: one sandbox serves several runs, one at a time. Each run
 * has a socketpair of its own; the guest's end travels over the sandbox's
 * connection, which no responder ever holds. A run is over when both sides say
 * so: the responder by its release, the guest by READY, once it is sure that
 * nothing is left. By then the guest has seen a client's bytes, so that what it
 * says is taken for nothing but that: a frame of this very size and content,
 * one a lease. Whatever else happens, the sandbox is ended as without fork.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"

/* A guest may take so long to clean up after a run: microseconds. */
#define AGAIN_US (2 * 1000 * 1000)

int
fork_runs_open(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	uint8_t head[FRAME_HEADER_LEN];
	int pair[2];

	if (++box->runs >= sup->config.fork_runs)
		box->is_last_run = true;
	box->released = box->is_ready_again = false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		pair) == -1)
		goto fail;
	frame_encode_header(head, FRAME_RUN, 0);
	if (fdpass_send(box->guest_fd, head, sizeof(head), pair[1]) == -1) {
		fd_close(&pair[0]);
		fd_close(&pair[1]);
		goto fail;
	}
	fd_close(&pair[1]);
	box->run_fd = pair[0];
	return box->run_fd;
fail:
	/* A responder that gets no descriptor gives the lease back and asks for
	 * another. */
	log_warning(
	    strerror(errno), "run-not-opened slot=%u name=%s", slot, box->name);
	box->is_last_run = true;
	return -1;
}

/* Responder and guest are done. False: the sandbox is too old. */
static bool
return_to_pool(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];

	if (!pool_take_back(&sup->pool, slot, io_now_us()))
		return false;
	box->deadline_us = IO_FOREVER;
	return true;
}

bool
fork_runs_on_release(struct supervisor *sup, uint32_t slot, uint32_t verdict)
{
	struct box *box = &sup->boxes[slot];

	if (!sup->config.fork || verdict != VERDICT_EXITED ||
	    box->is_last_run || sup->stopping)
		return false;
	ending_close_run(box);
	box->responder = POOL_NONE;
	box->released = true;
	box->deadline_us = io_now_us() + AGAIN_US;
	return !box->is_ready_again || return_to_pool(sup, slot);
}

/* Takes READY's 12 bytes; false if there is anything else, or more. */
static bool
take_ready(struct box *box)
{
	uint8_t expected[FRAME_HEADER_LEN + FRAME_READY_LEN];
	uint8_t found[sizeof(expected) + 1];

	frame_encode_header(expected, FRAME_READY, FRAME_READY_LEN);
	frame_encode_ready(expected + FRAME_HEADER_LEN);
	return recv(box->guest_fd, found, sizeof(found), MSG_DONTWAIT) ==
		   (ssize_t)sizeof(expected) &&
	       memcmp(found, expected, sizeof(expected)) == 0;
}

void
fork_runs_on_guest(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];

	/* The end of file, too: the guest does not want to go on. */
	if (box->is_ready_again || !take_ready(box)) {
		ending_begin(sup, slot);
		return;
	}
	box->is_ready_again = true;
	if (box->released && !return_to_pool(sup, slot))
		ending_begin(sup, slot);
}
