/* SPDX-License-Identifier: MIT */
/* The one frame of a guest that the supervisor reads, before its job. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/supervisor.h"

static void
become_ready(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	struct epoll_event event = supervisor_event(
	    EPOLLRDHUP, EVENT_GUEST, slot);
	uint64_t now_us = io_now_us();

	/* From here on watched for its end only: what it says is not for us.
	 * With fork it has a connection to us alone, and one thing to say. */
	if (sup->config.fork)
		event.events |= EPOLLIN;
	(void)epoll_ctl(sup->epoll_fd, EPOLL_CTL_MOD, box->guest_fd, &event);
	box->deadline_us = IO_FOREVER;
	/* A holder says nothing of what will run in its network. */
	if (!box_is_network(sup, slot)) {
		pool_note_start(
		    &sup->pool, sup->pool.slots[slot].runtime, true, now_us);
		metrics_observe(&sup->metrics.start, now_us - box->started_us);
		manager_tell_ready(&sup->manager);
	}
	(void)pool_make_ready(&sup->pool, slot, now_us);
	log_debug(NULL, "sandbox-ready slot=%u name=%s start_ms=%" PRIu64, slot,
	    box->name, (now_us - box->started_us) / 1000);
	if (box_is_network(sup, slot))
		network_on_ready(sup, slot);
}

/* A whole frame is in the inbox. */
static void
take_frame(
    struct supervisor *sup, uint32_t slot, const struct frame_header *header)
{
	struct box *box = &sup->boxes[slot];
	uint8_t *payload = box->inbox + FRAME_HEADER_LEN;
	uint32_t version;

	if (header->kind == FRAME_SETUP_ERROR) {
		payload[header->len] = '\0';
		ending_fail_start(sup, slot, (char *)payload);
	} else if (header->kind == FRAME_READY &&
		   frame_decode_ready(payload, header->len, &version) ==
		       FRAME_OK &&
		   version == FRAME_PROTOCOL_VERSION) {
		become_ready(sup, slot);
	} else {
		ending_fail_start(
		    sup, slot, "the guest speaks another protocol");
	}
}

void
readiness_read(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	struct frame_header header = { .kind = 0, .len = 0 };
	size_t want = FRAME_HEADER_LEN;
	enum frame_status status;
	ssize_t n;

	status = frame_decode_header(box->inbox, box->inbox_len,
	    sizeof(box->inbox) - FRAME_HEADER_LEN - 1, &header);
	if (status == FRAME_OK)
		want += header.len;
	n = recv(box->guest_fd, box->inbox + box->inbox_len,
	    want - box->inbox_len, MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
		ending_fail_start(
		    sup, slot, "the guest hung up before it was ready");
		return;
	}
	box->inbox_len += n > 0 ? (size_t)n : 0;
	status = frame_decode_header(box->inbox, box->inbox_len,
	    sizeof(box->inbox) - FRAME_HEADER_LEN - 1, &header);
	if (status == FRAME_TOO_BIG || status == FRAME_BAD)
		ending_fail_start(
		    sup, slot, "the guest speaks another protocol");
	else if (status == FRAME_OK &&
		 box->inbox_len == FRAME_HEADER_LEN + header.len)
		take_frame(sup, slot, &header);
}
