/* SPDX-License-Identifier: MIT */
/*
 * For a test only: responders that were taken over, and turn on their
 * supervisor. The file "plan" beside the program says how many stay honest:
 * "attack N", "exit N" (the others end at once), or "rest" (all are honest).
 * Which ones is settled by locks on the files honest.0, honest.1, ... there.
 *
 * Everybody logs the leases that it got, with the cookie that the kernel gives
 * to each socket: no two grants may have one.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/frame.h"
#include "common/io.h"
#include "common/log.h"
#include "responder/run/lease.h"
#include "responder/worker.h"

#define ACTS_MAX 60
#define FLOOD 3000
/* A sandbox that was given back must be cut off by then: microseconds. */
#define STALE_US (5 * 1000 * 1000)

int __wrap_confine_responder(void);
int __real_confine_responder(void);
void __wrap_worker_loop(struct worker *worker);
void __real_worker_loop(struct worker *worker);
enum link_outcome __wrap_link_acquire(struct link *link,
    const struct link_asker *asker, const struct link_wish *wish, int client_fd,
    struct lease_reply *reply, int *sandbox_fd);
enum link_outcome __real_link_acquire(struct link *link,
    const struct link_asker *asker, const struct link_wish *wish, int client_fd,
    struct lease_reply *reply, int *sandbox_fd);

static bool honest = true;
static bool exits;
static uint64_t random_state;
static uint64_t lease_id;   /* the last one granted to us */
static int sandbox_fd = -1; /* and its sandbox */

/* --- who is honest ---------------------------------------------------------
 */

/* A file beside the program, or -1. */
static int
open_beside(const char *name)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	char *slash;

	if (n <= 0)
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	(void)snprintf(slash + 1, 32, "%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* The lock lasts as long as the process. */
static bool
become_honest(int places)
{
	char name[24];
	int fd;
	int i;

	for (i = 0; i < places; i++) {
		(void)snprintf(name, sizeof(name), "honest.%d", i);
		fd = open_beside(name);
		if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)close(fd);
	}
	return false;
}

static void
decide(void)
{
	char plan[32] = "";
	char word[16] = "";
	int places = 0;
	int fd = open_beside("plan");

	if (fd == -1)
		return;
	if (read(fd, plan, sizeof(plan) - 1) <= 0)
		plan[0] = '\0';
	(void)close(fd);
	if (sscanf(plan, "%15s %d", word, &places) != 2)
		return;
	honest = become_honest(places);
	exits = strcmp(word, "exit") == 0;
}

int
__wrap_confine_responder(void)
{
	decide();
	return __real_confine_responder();
}

/* --- what is logged --------------------------------------------------------
 */

static void
log_grant(uint64_t id, int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) == -1)
		cookie = 0;
	log_notice(NULL,
	    "peer grant pid=%d honest=%d lease=%" PRIu64 " cookie=%" PRIu64,
	    (int)getpid(), honest, id, cookie);
}

enum link_outcome
__wrap_link_acquire(struct link *link, const struct link_asker *asker,
    const struct link_wish *wish, int client_fd, struct lease_reply *reply,
    int *fd)
{
	enum link_outcome outcome = __real_link_acquire(
	    link, asker, wish, client_fd, reply, fd);

	if (outcome == LINK_GRANTED)
		log_grant(reply->lease_id, *fd);
	return outcome;
}

/* --- what it says ----------------------------------------------------------
 */

/* Any good generator that fits into a line; its seed is the kernel's. */
static uint32_t
draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1;
	return (uint32_t)(random_state >> 33) % below;
}

static void
nap(uint32_t below_ms)
{
	(void)poll(NULL, 0, (int)draw(below_ms));
}

/* False: the supervisor has had enough of us. */
static bool
say(uint32_t kind, uint64_t id, uint32_t wall_limit_ms, uint32_t verdict)
{
	struct lease_request request = { .version = LEASE_PROTOCOL_VERSION,
		.kind = kind,
		.lease_id = id,
		.wall_limit_ms = wall_limit_ms,
		.verdict = verdict };

	/* A client of its own each time: as unfair as it can be. */
	memcpy(request.client, &random_state, sizeof(random_state));
	(void)draw(2);
	return fdpass_send(RESPONDER_LEASE_FD, &request, sizeof(request), -1) ==
		   0 ||
	       errno == EAGAIN;
}

/* What there is to read. A sandbox that comes replaces the one before. */
static void
listen_to(uint32_t ms)
{
	struct pollfd p = { .fd = RESPONDER_LEASE_FD, .events = POLLIN };
	struct lease_reply reply;
	int fd;

	while (
	    poll(&p, 1, (int)ms) == 1 &&
	    fdpass_recv(RESPONDER_LEASE_FD, &reply, sizeof(reply), &fd) == 1) {
		if (reply.kind == LEASE_GRANT && fd != -1) {
			lease_id = reply.lease_id;
			log_grant(lease_id, fd);
			fd_close(&sandbox_fd);
			sandbox_fd = fd_take(&fd);
		}
		fd_close(&fd);
		ms = 0;
	}
}

static bool
say_with_descriptors(uint32_t count)
{
	struct lease_request request = { .version = LEASE_PROTOCOL_VERSION,
		.kind = LEASE_HEALTH };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(16 * sizeof(int))];
	} control = { .buf = { 0 } };
	struct iovec iov = { .iov_base = &request, .iov_len = sizeof(request) };
	struct msghdr header = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);
	uint32_t i;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (i = 0; i < count; i++)
		memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &(int){ (int)i % 5 },
		    sizeof(int));
	return sendmsg(RESPONDER_LEASE_FD, &header, MSG_NOSIGNAL) >= 0;
}

static bool
say_bytes(uint32_t len)
{
	uint8_t bytes[4096];

	(void)getrandom(bytes, sizeof(bytes), 0);
	return send(RESPONDER_LEASE_FD, bytes, len, MSG_NOSIGNAL) >= 0;
}

/* Nothing is read meanwhile. */
static bool
flood(uint32_t kind)
{
	int i;

	for (i = 0; i < FLOOD; i++) {
		if (!say(kind, lease_id, 1000, 0))
			return false;
	}
	return true;
}

/* --- what it does with a sandbox -------------------------------------------
 */

static void
send_job(void)
{
	static const char program[] = "print('mine')";
	struct job job = { .wall_limit_ms = 1000,
		.stdout_limit_bytes = 100,
		.stderr_limit_bytes = 100,
		.code_len = sizeof(program) - 1 };
	uint8_t frame[FRAME_HEADER_LEN + FRAME_JOB_HEADER_LEN +
		      sizeof(program) - 1];

	frame_encode_header(
	    frame, FRAME_JOB, (uint32_t)(FRAME_JOB_HEADER_LEN + job.code_len));
	frame_encode_job_header(frame + FRAME_HEADER_LEN, &job);
	memcpy(frame + FRAME_HEADER_LEN + FRAME_JOB_HEADER_LEN, program,
	    job.code_len);
	(void)send(
	    sandbox_fd, frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
send_nonsense(void)
{
	uint8_t bytes[1024];

	(void)getrandom(bytes, sizeof(bytes), 0);
	(void)send(sandbox_fd, bytes, 1 + draw(sizeof(bytes)),
	    MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Given back, and used all the same: it must be cut off, in both ways. */
static bool
use_after_release(void)
{
	struct pollfd p = { .fd = sandbox_fd, .events = POLLRDHUP };
	uint64_t deadline_us = io_now_us() + STALE_US;
	ssize_t n;

	if (sandbox_fd == -1)
		return true;
	if (!say(LEASE_RELEASE, lease_id, 0, draw(7)))
		return false;
	if (poll(&p, 1, io_left_ms(deadline_us)) == 1)
		n = send(sandbox_fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	else
		n = 0;
	log_notice(NULL, "peer stale pid=%d %s", (int)getpid(),
	    n == -1 ? strerrorname_np(errno) : "usable");
	fd_close(&sandbox_fd);
	return true;
}

/* --- acts ------------------------------------------------------------------
 */

/* By the rules, as often as it can, for a client that nobody has seen. */
static bool
take_sandbox(void)
{
	if (!say(LEASE_ACQUIRE, 0, 100 + draw(2000), 0))
		return false;
	if (draw(6) == 0) {
		nap(30);
		if (!say(LEASE_CANCEL, 0, 0, 0))
			return false;
	}
	listen_to(12000);
	return true;
}

static bool
use_sandbox(void)
{
	uint8_t scrap[4096];
	struct pollfd p = { .fd = sandbox_fd, .events = POLLIN };

	switch (draw(16)) {
	case 0:
	case 1:
		send_nonsense();
		break;
	case 2:
		/* Keeps it until it is taken away, and is ended for it. */
		nap(12000);
		break;
	case 3:
	case 4:
		exit(0);
	default:
		send_job();
		while (draw(4) != 0 && poll(&p, 1, 200) == 1 &&
		       recv(sandbox_fd, scrap, sizeof(scrap), MSG_DONTWAIT) > 0)
			;
	}
	return use_after_release();
}

static bool
act_against_the_rules(void)
{
	static const uint32_t limits[] = { 0, 1, UINT32_MAX, INT32_MAX, 3001 };

	switch (draw(8)) {
	case 0:
		return say(LEASE_ACQUIRE, 0, limits[draw(5)], 0);
	case 1:
		return say(LEASE_RELEASE, lease_id + draw(5) - 2, 0, 1);
	case 2:
		return say(LEASE_RELEASE, (uint64_t)draw(UINT32_MAX) << 20, 0,
		    draw(3));
	case 3:
		return say(draw(2) == 0 ? draw(9) : draw(UINT32_MAX), lease_id,
		    1000, 0);
	case 4:
		return say_with_descriptors(1 + draw(16));
	case 5:
		return say_bytes(draw(4096));
	case 6:
		return say(LEASE_RELEASE, lease_id, 0, draw(UINT32_MAX));
	default:
		return say(LEASE_ACQUIRE, 0, 1000, 0) &&
		       say(LEASE_ACQUIRE, 0, 1000, 0);
	}
}

static bool
act_by_force(void)
{
	switch (draw(8)) {
	case 0:
		return flood(LEASE_CANCEL);
	case 1:
		return flood(draw(2) == 0 ? LEASE_HEALTH : LEASE_METRICS);
	case 2:
		(void)close(RESPONDER_LEASE_FD);
		nap(1500);
		return false;
	case 3:
		/* Keeps what it has, and is to be ended for it. */
		nap(12000);
		return true;
	case 4:
		*(volatile int *)NULL = 0;
		return false;
	case 5:
		exit((int)draw(3));
	default:
		(void)shutdown(RESPONDER_LEASE_FD, (int)draw(3));
		return true;
	}
}

/* Greedy ones play by the rules for a while, rude ones never do. */
static bool
act(bool greedy)
{
	if (sandbox_fd != -1)
		return use_sandbox();
	if (greedy && draw(16) != 0)
		return take_sandbox();
	if (draw(3) == 0)
		return say(LEASE_HEALTH, 0, 0, 0);
	return draw(4) != 0 ? act_against_the_rules() : act_by_force();
}

/* Never touches a client's connection: those are for the honest. */
static void
attack(void)
{
	bool greedy;
	int i;

	if (getrandom(&random_state, sizeof(random_state), 0) == -1)
		return;
	log_notice(NULL, "peer attacks pid=%d seed=%" PRIu64, (int)getpid(),
	    random_state);
	greedy = draw(2) == 0;
	for (i = 0; i < ACTS_MAX && act(greedy); i++) {
		nap(60);
		listen_to(0);
	}
}

void
__wrap_worker_loop(struct worker *worker)
{
	if (honest) {
		log_notice(NULL, "peer is honest pid=%d", (int)getpid());
		__real_worker_loop(worker);
	} else if (!exits) {
		attack();
	}
}
