/* SPDX-License-Identifier: MIT */
/* Sends the events of a run as fast as its client takes them, and no faster. */
#include "responder/api/live.h"

#include <errno.h>
#include <poll.h>

#include "common/io.h"
#include "responder/api/run/body.h"

/*
 * How long a client may take for the rest, when the run is over and its sandbox
 * is gone: a responder has others to serve. The buffers of the socket and of
 * nginx have taken most of the output by then.
 */
#define END_PATIENCE_US (500 * 1000)
/* Returned files may be many times more than those buffers: a client that keeps
 * taking pieces of the ending gets some more time, as long as a run may take.
 */
#define ENDING_PATIENCE_US (5 * 1000 * 1000)

static int
begin(struct live *live)
{
	live->watcher.has_begun = true;
	return exchange_begin_events(live->exchange, live->run->queue_us);
}

/* 1: sent; 0: there was nothing; -1: no client, or no memory. */
static int
send_next(struct live *live, bool is_over)
{
	struct order_piece piece;
	struct reply event;
	int rc;

	if (!order_next(
		&live->watcher.order, &live->run->result, is_over, &piece))
		return 0;
	if (reply_format_event(&piece, &event) == -1)
		return -1;
	rc = exchange_put(live->exchange, event.body, event.body_len);
	reply_finish(&event);
	return rc == -1 ? -1 : 1;
}

static int
on_send(struct run_watcher *watcher)
{
	struct live *live = (struct live *)watcher;

	if (!watcher->has_begun && begin(live) == -1)
		return -1;
	return send_next(live, false) == -1 ? -1 : 0;
}

void
live_attach(struct live *live, struct exchange *exchange, struct run *run)
{
	live->watcher.has_begun = false;
	live->watcher.send = on_send;
	live->exchange = exchange;
	live->run = run;
	run->watcher = &live->watcher;
}

/* 0: the client takes more; -1: it is gone, or too slow. */
static int
await_client(struct live *live, uint64_t deadline_us)
{
	struct pollfd p = { .fd = exchange_client_fd(live->exchange),
		.events = POLLOUT | POLLRDHUP };
	int n;

	do {
		n = poll(&p, 1, io_left_ms(deadline_us));
	} while (n == -1 && errno == EINTR);
	return n == 1 && p.revents == POLLOUT ? 0 : -1;
}

/* Piece by piece, so that it never blocks. */
static int
put_ending(struct live *live, const struct reply *ending)
{
	uint64_t last_us = io_now_us() + ENDING_PATIENCE_US;
	uint64_t deadline_us;
	size_t sent = 0;
	size_t len;

	while (sent < ending->body_len) {
		deadline_us = io_now_us() + END_PATIENCE_US;
		if (await_client(live,
			deadline_us < last_us ? deadline_us : last_us) == -1)
			return -1;
		len = ending->body_len - sent;
		len = len < EXCHANGE_PIECE_MAX ? len : EXCHANGE_PIECE_MAX;
		if (exchange_put(live->exchange, ending->body + sent, len) ==
		    -1)
			return -1;
		sent += len;
	}
	return 0;
}

static int
send_ending(struct live *live, uint64_t run_us)
{
	struct reply ending;
	int rc;

	if (reply_format_last_events(
		&live->run->result, live->run->queue_us, run_us, &ending) == -1)
		return -1;
	rc = put_ending(live, &ending);
	reply_finish(&ending);
	return rc;
}

int
live_end(struct live *live, uint64_t run_us)
{
	uint64_t deadline_us = io_now_us() + END_PATIENCE_US;
	int more = 1;

	if (await_client(live, deadline_us) == -1 ||
	    (!live->watcher.has_begun && begin(live) == -1))
		return -1;
	while (more == 1) {
		if (await_client(live, deadline_us) == -1)
			return -1;
		more = send_next(live, true);
	}
	return more == -1 ? -1 : send_ending(live, run_us);
}
