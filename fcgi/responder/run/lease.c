/* SPDX-License-Identifier: MIT */
/* Asks for leases, and takes the supervisor's other messages meanwhile. */
#include "responder/run/lease.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/fdpass.h"
#include "common/io.h"

static int
send_request(struct link *link, const struct lease_request *fields)
{
	struct lease_request request = *fields;

	request.version = LEASE_PROTOCOL_VERSION;
	if (link->lost)
		return -1;
	if (fdpass_send(link->fd, &request, sizeof(request), -1) == -1)
		link->lost = true;
	return link->lost ? -1 : 0;
}

/*
 * Takes one message. True if it is an answer, with its descriptor or -1 in *fd.
 * A new log is taken aside; the supervisor sends nothing else.
 */
static bool
take_message(struct link *link, struct lease_reply *reply, int *fd)
{
	struct lease_reply message;
	int n = fdpass_recv(link->fd, &message, sizeof(message), fd);

	if (n == -1 && errno == EAGAIN)
		return false;
	if (n != 1 || message.version != LEASE_PROTOCOL_VERSION) {
		fd_close(fd);
		link->lost = true;
		return false;
	}
	if (message.kind != LEASE_REOPEN) {
		*reply = message;
		return true;
	}
	if (*fd != -1) {
		fd_close(&link->log_fd);
		link->log_fd = fd_take(fd);
	}
	return false;
}

void
link_on_idle_message(struct link *link)
{
	struct lease_reply reply;
	int fd;

	/* Nothing was asked: a supervisor that answers has lost its mind. */
	if (take_message(link, &reply, &fd)) {
		fd_close(&fd);
		link->lost = true;
	}
}

/* Waits for the answer. False: the link is lost. *gone: the client went away
 * meanwhile, and the lease was cancelled. */
static bool
await_answer(struct link *link, int client_fd, struct lease_reply *reply,
    int *fd, bool *gone)
{
	const struct lease_request cancel = { .kind = LEASE_CANCEL };
	struct pollfd fds[] = {
		{ .fd = link->fd, .events = POLLIN },
		{ .fd = client_fd, .events = POLLRDHUP },
	};

	*fd = -1;
	while (!link->lost) {
		fds[1].revents = 0;
		if (poll(fds, 2, -1) == -1 && errno != EINTR) {
			link->lost = true;
			break;
		}
		if (fds[0].revents != 0 && take_message(link, reply, fd))
			return true;
		if (fds[1].revents != 0) {
			fds[1].fd = -1; /* said once */
			*gone = true;
			(void)send_request(link, &cancel);
		}
	}
	return false;
}

enum link_outcome
link_acquire(struct link *link, const struct link_asker *asker,
    const struct link_wish *wish, int client_fd, struct lease_reply *reply,
    int *sandbox_fd)
{
	struct lease_request request = { .kind = LEASE_ACQUIRE,
		.wall_limit_ms = wish->wall_limit_ms,
		.memory_kib = wish->memory_kib,
		.language = wish->language };
	const struct link_report unused = { .outcome = LEASE_NEVER_STARTED };
	bool gone = false;
	int fd = -1;

	memcpy(request.client, asker->client, sizeof(request.client));
	memcpy(request.trace, asker->trace, sizeof(request.trace));
	if (send_request(link, &request) == -1 ||
	    !await_answer(link, client_fd, reply, &fd, &gone))
		return LINK_LOST;
	if (reply->kind == LEASE_GRANT && fd != -1 && !gone) {
		*sandbox_fd = fd;
		return LINK_GRANTED;
	}
	fd_close(&fd);
	if (reply->kind == LEASE_GRANT)
		link_release(link, reply->lease_id, &unused);
	if (gone)
		return LINK_CLIENT_GONE;
	return reply->kind == LEASE_GRANT ? LINK_BROKEN : LINK_REFUSED;
}

void
link_release(
    struct link *link, uint64_t lease_id, const struct link_report *report)
{
	struct lease_request request = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_RELEASE,
		.lease_id = lease_id,
		.verdict = report->verdict,
		.outcome = report->outcome,
		.truncated = report->truncated };

	/* Sent also if the link is lost: a supervisor that stops still hears
	 * it. */
	if (fdpass_send(link->fd, &request, sizeof(request), -1) == -1)
		link->lost = true;
}

void
link_note_answer(struct link *link, uint32_t http_status)
{
	struct lease_request request = { .kind = LEASE_ANSWERED,
		.http_status = http_status };

	(void)send_request(link, &request);
}

/* Asks for an answer without a descriptor. 0, or -1: there is no supervisor. */
static int
ask(struct link *link, enum lease_request_kind kind, struct lease_reply *reply)
{
	const struct lease_request request = { .kind = kind };
	bool gone = false;
	int fd = -1;

	if (send_request(link, &request) == -1 ||
	    !await_answer(link, -1, reply, &fd, &gone))
		return -1;
	fd_close(&fd);
	return 0;
}

int
link_ask_health(struct link *link, struct lease_reply *reply)
{
	return ask(link, LEASE_HEALTH, reply);
}

/* The pieces of a text, which come at once, one after the other. */
static int
take_text(struct link *link, char *text, size_t len)
{
	struct pollfd p = { .fd = link->fd, .events = POLLIN };
	size_t taken;
	int fd;
	int n;

	for (taken = 0; taken < len; taken += LEASE_TEXT_BYTES) {
		do {
			n = fdpass_recv(
			    link->fd, text + taken, LEASE_TEXT_BYTES, &fd);
		} while (n == -1 && errno == EAGAIN && poll(&p, 1, -1) == 1);
		if (n != 1)
			return -1;
		fd_close(&fd);
	}
	return 0;
}

int
link_ask_metrics(struct link *link, char text[LEASE_TEXT_MAX], size_t *len)
{
	struct lease_reply reply;

	if (ask(link, LEASE_METRICS, &reply) == -1)
		return -1;
	if (reply.kind != LEASE_METRICS_ARE ||
	    reply.text_bytes > LEASE_TEXT_MAX ||
	    take_text(link, text, reply.text_bytes) == -1) {
		link->lost = true;
		return -1;
	}
	*len = reply.text_bytes;
	return 0;
}

const char *
link_describe_refusal(enum lease_refusal reason)
{
	switch (reason) {
	case LEASE_QUEUE_FULL:
		return "All sandboxes are busy and the queue is full: try "
		       "again in a few seconds";
	case LEASE_QUEUE_TIMEOUT:
		return "No sandbox became free in time: try again in a few "
		       "seconds";
	case LEASE_NO_SANDBOX:
		return "No sandbox can be started just now: try again later";
	case LEASE_STOPPING:
	case LEASE_CANCELLED:
		break;
	}
	return "The service is stopping: try again later";
}
