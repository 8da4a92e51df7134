/* SPDX-License-Identifier: MIT */
/*
 * load PORT PATH BODY ANSWER: clients that each send the file BODY to a server
 * on loopback and check that its answer is the file ANSWER, byte for byte. For
 * each line of standard input (struct order) it prints one line of JSON. One
 * thread and epoll: a load generator with a just-in-time compiler would use up
 * the cores that are measured, and wrk can neither refrain from coming back
 * when it is refused nor tell a refusal from an answer without Lua for each.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "tally.h"

#define CLIENTS_MAX 1024
#define EVENTS 64

struct client {
	int fd;
	bool busy;         /* a request is under way */
	uint64_t begun_ns; /* of that request */
	uint64_t wake_ns;  /* 0: not pausing */
	size_t sent;
	size_t got;
	char *answer;
};

struct load {
	struct sockaddr_in server;
	char *request[2]; /* that closes, that keeps the connection */
	size_t request_len[2];
	char *expected;
	size_t expected_len;
	int epoll_fd;
	struct client clients[CLIENTS_MAX];
	struct order order;
	struct tally tally;
	uint64_t begun;
	uint64_t busy;
	bool complained;
};

static _Noreturn void
fail(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
hang_up(struct client *client)
{
	if (client->fd != -1)
		(void)close(client->fd); /* and out of the epoll set */
	client->fd = -1;
}

static void
watch(struct load *load, struct client *client, int op, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = client };

	if (epoll_ctl(load->epoll_fd, op, client->fd, &event) == -1)
		fail("epoll_ctl");
}

static void
dial(struct load *load, struct client *client)
{
	int one = 1;

	client->fd = socket(
	    AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (client->fd == -1)
		fail("socket");
	(void)setsockopt(
	    client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(client->fd, (struct sockaddr *)&load->server,
		sizeof(load->server)) == -1 &&
	    errno != EINPROGRESS)
		fail("connect");
	watch(load, client, EPOLL_CTL_ADD, EPOLLOUT);
}

static void
begin(struct load *load, struct client *client)
{
	client->busy = true;
	client->wake_ns = 0;
	client->sent = 0;
	client->got = 0;
	client->begun_ns = now_ns();
	load->begun++;
	load->busy++;
	if (client->fd == -1)
		dial(load, client);
	else
		watch(load, client, EPOLL_CTL_MOD, EPOLLOUT);
}

static void
end(struct load *load, struct client *client, enum ending ending, bool kept)
{
	tally_note(&load->tally, ending, client->begun_ns);
	client->busy = false;
	load->busy--;
	if (!kept || !load->order.keep)
		hang_up(client);
	if ((ending == ENDED_WRONG || ending == ENDED_BROKEN) &&
	    !load->complained) {
		load->complained = true;
		(void)fprintf(stderr, "load: not what was expected: %.*s\n",
		    client->got < 600 ? (int)client->got : 600, client->answer);
	}
	if (!tally_goes_on(&load->tally, &load->order, load->begun))
		return;
	if (ending == ENDED_REFUSED && load->order.pause_ms > 0)
		client->wake_ns = now_ns() + load->order.pause_ms * 1000000;
	else
		begin(load, client);
}

static void
look_at_answer(struct load *load, struct client *client)
{
	enum ending ending;
	bool kept;

	client->answer[client->got] = '\0';
	if (http_answer_is_whole(client->answer, client->got, load->expected,
		load->expected_len, &ending, &kept))
		end(load, client, ending, kept);
}

static void
receive(struct load *load, struct client *client)
{
	ssize_t n = read(client->fd, client->answer + client->got,
	    HTTP_BYTES_MAX - 1 - client->got);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end(load, client, ENDED_BROKEN, false);
		return;
	}
	client->got += (size_t)n;
	look_at_answer(load, client);
}

static void
transmit(struct load *load, struct client *client)
{
	int keep = load->order.keep == 1;
	size_t left = load->request_len[keep] - client->sent;
	ssize_t n = send(
	    client->fd, load->request[keep] + client->sent, left, MSG_NOSIGNAL);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n == -1) {
		end(load, client, ENDED_BROKEN, false);
		return;
	}
	client->sent += (size_t)n;
	if (client->sent == load->request_len[keep])
		watch(load, client, EPOLL_CTL_MOD, EPOLLIN);
}

static void
take_event(struct load *load, const struct epoll_event *event)
{
	struct client *client = event->data.ptr;

	if (client->fd == -1)
		return;
	if (!client->busy) /* the server closes a kept connection */
		hang_up(client);
	else if ((event->events & EPOLLOUT) != 0)
		transmit(load, client);
	else
		receive(load, client);
}

/* Begins what has paused for long enough; how long the next one still has:
 * milliseconds, -1 for ever. */
static int
wake_up(struct load *load)
{
	uint64_t now = now_ns();
	uint64_t next = UINT64_MAX;
	uint64_t i;

	for (i = 0; i < load->order.clients; i++) {
		struct client *client = &load->clients[i];

		if (client->wake_ns == 0)
			continue;
		if (!tally_goes_on(&load->tally, &load->order, load->begun))
			client->wake_ns = 0;
		else if (client->wake_ns <= now)
			begin(load, client);
		else if (client->wake_ns < next)
			next = client->wake_ns;
	}
	if (load->order.cut && load->tally.window_to_ns < next)
		next = load->tally.window_to_ns;
	if (next == UINT64_MAX)
		return -1;
	return next <= now ? 0 : (int)((next - now + 999999) / 1000000);
}

static bool
anybody_pauses(const struct load *load)
{
	uint64_t i;

	for (i = 0; i < load->order.clients; i++) {
		if (load->clients[i].wake_ns != 0)
			return true;
	}
	return false;
}

static void
cut_all(struct load *load)
{
	uint64_t i;

	for (i = 0; i < load->order.clients; i++) {
		if (load->clients[i].busy)
			end(load, &load->clients[i], ENDED_CUT, false);
	}
}

static void
carry_out(struct load *load)
{
	struct epoll_event events[EVENTS];
	uint64_t i;
	int timeout_ms;
	int n;

	tally_begin(&load->tally, &load->order);
	load->begun = 0;
	for (i = 0; i < load->order.clients &&
		    tally_goes_on(&load->tally, &load->order, load->begun);
	     i++)
		begin(load, &load->clients[i]);
	while (load->busy > 0 || anybody_pauses(load)) {
		timeout_ms = wake_up(load);
		n = epoll_wait(load->epoll_fd, events, EVENTS, timeout_ms);
		while (n > 0)
			take_event(load, &events[--n]);
		if (load->order.cut && now_ns() >= load->tally.window_to_ns)
			cut_all(load);
	}
	for (i = 0; i < load->order.clients; i++)
		hang_up(&load->clients[i]);
	tally_print(&load->tally, &load->order);
}

int
main(int argc, char *argv[])
{
	static struct load load;
	char *body;
	size_t len;
	int i;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: load PORT PATH BODY ANSWER\n");
		return 2;
	}
	load.server = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	body = http_read_file(argv[3], &len);
	load.expected = http_read_file(argv[4], &load.expected_len);
	for (i = 0; i < 2; i++)
		load.request[i] = http_make_request(
		    argv[2], body, len, i, &load.request_len[i]);
	if (body == NULL || load.expected == NULL || load.request[0] == NULL ||
	    load.request[1] == NULL)
		fail("reading what to send and to expect");
	load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < CLIENTS_MAX; i++) {
		load.clients[i].fd = -1;
		load.clients[i].answer = malloc(HTTP_BYTES_MAX);
		if (load.clients[i].answer == NULL)
			fail("malloc");
	}
	while (order_read(&load.order)) {
		if (load.order.clients > CLIENTS_MAX)
			fail("too many clients");
		carry_out(&load);
	}
	return 0;
}
