/* SPDX-License-Identifier: MIT */
/* The messages to a responder. */
#include "common/fdpass.h"
#include "common/io.h"
#include "supervisor/lease/responders.h"

void
channel_reply(
    struct supervisor *sup, uint32_t index, struct lease_reply *message, int fd)
{
	message->version = LEASE_PROTOCOL_VERSION;
	if (fdpass_send(sup->responders[index].channel_fd, message,
		sizeof(*message), fd) == -1)
		responders_end(sup, index, "it does not read its channel");
}

void
channel_refuse(
    struct supervisor *sup, uint32_t index, enum lease_refusal reason)
{
	struct responder *responder = &sup->responders[index];
	struct lease_reply message = { .kind = LEASE_REFUSE,
		.reason = reason,
		.retry_after_s = pool_retry_after_s(&sup->pool,
		    responder->language, responder->client, io_now_us()) };

	metrics_note_refusal(&sup->metrics, reason);
	responder->state = RESPONDER_IDLE;
	responder->probing_until_us = 0;
	channel_reply(sup, index, &message, -1);
}
