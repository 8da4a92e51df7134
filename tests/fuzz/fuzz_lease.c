/* SPDX-License-Identifier: MIT */
/*
 * sced's whole loop against responders that send whatever they like, at any
 * time, guests that come and go, and a Docker that may fail. The system below
 * it is ours: processes are numbers, the clock stands until the loop waits,
 * and the loop's waiting is where the next act happens. After each one:
 *
 *   a sandbox is leased to one responder at the most, and that one knows
 *   no connection is handed out twice, and no lease lasts too long
 *   the queue has each responder that waits, once, and no other
 *   a question has one answer at the most
 *   who broke a rule is ended, no descriptor is lost, nothing spins
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"
#include "supervisor/lease/responders.h"
#include "supervisor/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READY 2
#define RUNNING 2
#define QUEUE 2
#define LANGUAGES 2 /* a slot is of each by turns */
#define SLOTS (READY + 1 + RUNNING)
#define RESPONDERS RESPONDERS_FOR(RUNNING, QUEUE)
#define FIRST_PID 100000000 /* above every real one */
#define CHILDREN_MAX 4096
#define MEMORY_BYTES (128 * 1024 * 1024) /* the default */
#define GRANTS_MAX 4096
#define DESCRIPTORS 256
/* So many turns without an event and without a wait are a loop that spins. */
#define SPINS_MAX 16
/* An input that begins with this is played with isolation = fork. */
#define FORK_MARK 0xff
#define FORK_RUNS 4
#define LEASE_MARGIN_MS 2000

static const uint32_t wall_ms_max[LANGUAGES] = { WALL_MS_MAX_DEFAULT, 5000 };
static const uint64_t memory_bytes[LANGUAGES] = { MEMORY_BYTES,
	64 * 1024 * 1024 };

enum act {
	ACT_MESSAGE, /* of a responder: see make_request */
	ACT_RAW,     /* of any length, with up to nine descriptors */
	ACT_FLOOD,   /* the same message until nobody takes it */
	ACT_READ,    /* what a responder was sent */
	ACT_HANG_UP, /* a responder closes, shuts or keeps its channel */
	ACT_DIE,     /* a responder ends by itself */
	ACT_REAP,    /* those that were killed are gone */
	ACT_START,   /* a sandbox dials */
	ACT_GUEST,   /* bytes of a guest: its ready frame, or any */
	ACT_GUEST_HANGS_UP,
	ACT_GUEST_EXITS,
	ACT_CLIENT_EXITS, /* docker kill or docker rm */
	ACT_WAIT,         /* until the loop would wake by itself */
	ACT_SIGNAL,
	ACT_FORK_FAILS,
	ACT_COUNT
};

struct child {
	bool dead;
	bool reaped;
	int status;
	int peer_fd; /* a responder's end, until we take it up */
};

/* A slot's other half: what would be in the container. */
struct guest {
	int fd;
	int pid_fd; /* the other end of what the supervisor polls */
};

static struct supervisor sup;
static struct child children[CHILDREN_MAX];
static int child_count;
static struct guest guests[SLOTS];
static int peers[RESPONDERS];       /* the responders' ends */
static pid_t peer_pids[RESPONDERS]; /* of whom, to see that it was renewed */
static pid_t doomed[RESPONDERS];    /* who broke a rule */
static int asked[RESPONDERS];       /* messages that may be answered */
static ino_t granted[GRANTS_MAX];
static int granted_count;
static uint64_t last_lease_id[RESPONDERS]; /* as the responders know them */
static const uint8_t *input;
static size_t input_left;
static int pending_peer = -1; /* of the next fork */
static bool fork_fails;
static bool reaping; /* ends of children are told */
static uint64_t clock_us;
static int signal_pipe;
static int spins;
static char run_dir[] = "/tmp/fuzz-lease.XXXXXX";

static uint32_t
take(void)
{
	if (input_left == 0)
		return 0;
	input_left--;
	return *input++;
}

/* --- the system ----------------------------------------------------------- */

int
clock_gettime(clockid_t clock, struct timespec *time)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, time);
	time->tv_sec = (time_t)(clock_us / 1000000);
	time->tv_nsec = (long)(clock_us % 1000000 * 1000);
	return 0;
}

static pid_t
new_child(void)
{
	assert(child_count < CHILDREN_MAX);
	children[child_count] = (struct child){ .peer_fd = fd_take(
						    &pending_peer) };
	return FIRST_PID + child_count++;
}

static void
end_child(pid_t pid, int status)
{
	struct child *child = &children[pid - FIRST_PID];

	if (child->dead)
		return;
	child->dead = true;
	child->status = status;
}

/* The responder's end is kept, for us to speak at. */
int
socketpair(int domain, int type, int protocol, int fds[2])
{
	int rc = (int)syscall(SYS_socketpair, domain, type, protocol, fds);

	if (rc == 0 && (type & 0xf) == SOCK_SEQPACKET) {
		assert(pending_peer == -1);
		pending_peer = dup(fds[1]);
	}
	return rc;
}

pid_t
fork(void)
{
	if (fork_fails) {
		fork_fails = false;
		fd_close(&pending_peer);
		errno = EAGAIN;
		return -1;
	}
	return new_child();
}

int
kill(pid_t pid, int number)
{
	assert(pid >= FIRST_PID && pid < FIRST_PID + child_count);
	assert(number == SIGKILL);
	/* A number that was given back could be any process by now. */
	assert(!children[pid - FIRST_PID].reaped);
	end_child(pid, SIGKILL);
	return 0;
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	int i;

	assert(pid == -1 && (options & WNOHANG) != 0);
	for (i = 0; i < child_count && reaping; i++) {
		if (!children[i].dead || children[i].reaped)
			continue;
		children[i].reaped = true;
		*status = children[i].status;
		return FIRST_PID + i;
	}
	reaping = false;
	return 0;
}

/* No cgroup is touched, and none is found. */
int
cgroup_find(pid_t pid, char path[CGROUP_PATH_MAX])
{
	(void)pid;
	path[0] = '\0';
	return -1;
}

int
cgroup_limit_memory(const char *path, uint64_t bytes)
{
	(void)path;
	assert(bytes >= MEMORY_BYTES_MIN && bytes <= MEMORY_BYTES);
	return 0;
}

int
cgroup_kill(const char *path)
{
	(void)path;
	abort();
}

/* --- Docker --------------------------------------------------------------- */

void
docker_client_init(struct docker_client *client)
{
	client->pid = -1;
	client->output_fd = -1;
	client->deadline_us = IO_FOREVER;
}

void
docker_client_finish(struct docker_client *client)
{
	docker_client_init(client);
}

void
docker_client_end(struct docker_client *client, char *buf, size_t size)
{
	(void)snprintf(
	    buf, size, "%s", take() % 2 == 0 ? "No such container: x" : "no");
	docker_client_init(client);
}

uint64_t
docker_client_settle(struct docker_client *client, uint64_t now_us)
{
	if (client->pid != -1 && client->deadline_us <= now_us) {
		(void)kill(client->pid, SIGKILL);
		client->deadline_us = IO_FOREVER;
	}
	return client->deadline_us;
}

uint64_t
docker_memory_overhead(const struct config *config)
{
	(void)config;
	return 0;
}

static int
start_client(struct docker_client *client)
{
	if (take() % 8 == 7) {
		errno = EAGAIN;
		return -1;
	}
	client->pid = new_child();
	client->deadline_us = io_now_us() + 2000000;
	return 0;
}

int
docker_run(const struct docker *docker, struct docker_client *client,
    const struct docker_box *box)
{
	(void)docker;
	(void)client;
	(void)box;
	abort(); /* the pool below starts none by itself */
}

int
docker_kill(
    const struct docker *docker, struct docker_client *client, const char *name)
{
	(void)docker;
	(void)name;
	return start_client(client);
}

int
docker_remove(const struct docker *docker, struct docker_client *client,
    char names[][DOCKER_NAME_MAX], size_t count)
{
	(void)docker;
	(void)names;
	assert(count == 1);
	return start_client(client);
}

int
docker_list(const struct docker *docker, struct docker_client *client)
{
	(void)docker;
	(void)client;
	return -1;
}

int
docker_inspect_image(const struct docker *docker, struct docker_client *client,
    uint32_t language)
{
	(void)docker;
	(void)language;
	(void)client;
	return -1;
}

int
docker_wait(struct docker_client *client)
{
	(void)client;
	return -1;
}

int
docker_parse_image_id(const char *output, char id[DOCKER_IMAGE_ID_MAX])
{
	(void)output;
	(void)id;
	return -1;
}

bool
docker_name_is_sane(const char *name)
{
	(void)name;
	return false;
}

/* --- what must hold ------------------------------------------------------- */

static uint32_t
times_queued(uint32_t index)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < sup.pool.queued; i++)
		count += sup.pool.queue[i].responder == index;
	return count;
}

static void
check_responder(uint32_t index)
{
	const struct responder *responder = &sup.responders[index];

	assert(times_queued(index) ==
	       (responder->state == RESPONDER_WAITING ? 1 : 0));
	if (responder->channel_fd == -1)
		assert(responder->state == RESPONDER_IDLE);
	if (responder->state != RESPONDER_LEASED)
		return;
	if (responder->slot == POOL_NONE) {
		assert(responder->release_by_us != IO_FOREVER);
		return;
	}
	assert(responder->slot < SLOTS);
	assert(sup.pool.slots[responder->slot].language == responder->language);
	assert(sup.pool.slots[responder->slot].state == SLOT_LEASED);
	assert(sup.boxes[responder->slot].responder == index);
}

static void
check_slot(uint32_t slot)
{
	const struct box *box = &sup.boxes[slot];
	enum slot_state state = sup.pool.slots[slot].state;
	const struct responder *responder;

	assert((state == SLOT_DEAD) == (box->ending != ENDING_NOT));
	/* With fork its responder may be done before the guest is. */
	assert((state == SLOT_LEASED) ==
	       (box->responder != POOL_NONE ||
		   (sup.config.fork && box->ending == ENDING_NOT &&
		       state == SLOT_LEASED)));
	assert(box->runs <= (sup.config.fork ? FORK_RUNS : 0));
	assert(box->run_fd == -1 || state == SLOT_LEASED);
	if (state == SLOT_DEAD || state == SLOT_EMPTY)
		assert(box->guest_fd == -1);
	if (state != SLOT_LEASED)
		return;
	if (box->responder == POOL_NONE) {
		assert(box->released && box->run_fd == -1);
		assert(box->deadline_us != IO_FOREVER);
		return;
	}
	responder = &sup.responders[box->responder];
	assert(box->responder < sup.responder_count);
	assert(responder->state == RESPONDER_LEASED && responder->slot == slot);
	/* Nothing that was said has made it longer than it may be. */
	assert(
	    box->deadline_us <=
	    sup.pool.slots[slot].since_us +
		(wall_ms_max[sup.pool.slots[slot].language] + LEASE_MARGIN_MS) *
		    1000ull);
}

static void
check_all(void)
{
	uint32_t i;

	assert(sup.responder_count == RESPONDERS);
	assert(sup.pool.queued <= QUEUE);
	assert(pool_count(&sup.pool, SLOT_LEASED) <= RUNNING);
	for (i = 0; i < RESPONDERS; i++)
		check_responder(i);
	for (i = 0; i < SLOTS; i++)
		check_slot(i);
}

/* --- responders ----------------------------------------------------------- */

/* A responder that was started anew is a new peer. */
static void
meet_new_peers(void)
{
	struct child *child;
	uint32_t i;

	for (i = 0; i < RESPONDERS; i++) {
		if (sup.responders[i].pid == -1 ||
		    sup.responders[i].pid == peer_pids[i])
			continue;
		child = &children[sup.responders[i].pid - FIRST_PID];
		fd_close(&peers[i]);
		peers[i] = fd_take(&child->peer_fd);
		peer_pids[i] = sup.responders[i].pid;
		last_lease_id[i] = 0;
		doomed[i] = 0;
		asked[i] = 0;
	}
}

/* Once its messages have been read. At a stop nobody is ended in anger. */
static void
check_doomed(uint32_t index)
{
	int unread = 0;

	if (doomed[index] == 0 || peers[index] == -1 || sup.stopping)
		return;
	assert(ioctl(peers[index], SIOCOUTQ, &unread) == 0);
	if (unread == 0)
		assert(children[doomed[index] - FIRST_PID].dead);
}

/* Later leases have higher numbers, so an older one stays a foreign one. */
static bool
is_foreign(uint32_t index, uint64_t lease_id)
{
	return lease_id >> 56 != 0 ||
	       (lease_id <= sup.leases &&
		   lease_id != sup.responders[index].lease_id);
}

static bool
is_out_of_range(const struct lease_request *request)
{
	uint32_t kib = request->memory_kib;

	return request->language >= LANGUAGES || request->wall_limit_ms == 0 ||
	       request->wall_limit_ms > wall_ms_max[request->language] ||
	       (kib != 0 && (kib < MEMORY_BYTES_MIN / 1024 ||
				kib > memory_bytes[request->language] / 1024));
}

static bool
breaks_a_rule(uint32_t index, const struct lease_request *request)
{
	return request->version != LEASE_PROTOCOL_VERSION ||
	       request->kind < LEASE_ACQUIRE ||
	       request->kind > LEASE_ANSWERED ||
	       (request->kind == LEASE_ACQUIRE && is_out_of_range(request)) ||
	       (request->kind == LEASE_RELEASE &&
		   (request->verdict > VERDICT_SANDBOX_FAILED ||
		       request->outcome > LEASE_ABANDONED ||
		       is_foreign(index, request->lease_id)));
}

static void
take_grant(uint32_t index, const struct lease_reply *reply, int fd)
{
	struct stat status;
	int i;

	assert(reply->lease_id != 0 && reply->lease_id <= sup.leases);
	last_lease_id[index] = reply->lease_id;
	/* With fork, a guest that hangs up just then gets no run. */
	assert(fd != -1 || sup.config.fork);
	if (fd == -1)
		return;
	assert(fstat(fd, &status) == 0);
	for (i = 0; i < granted_count; i++)
		assert(granted[i] != status.st_ino);
	assert(granted_count < GRANTS_MAX);
	granted[granted_count++] = status.st_ino;
}

/* A part of it may be missing: the responder may have been ended. */
static void
take_text(uint32_t index, uint32_t len)
{
	struct lease_text piece;
	uint32_t taken;
	int fd;

	assert(len > 0 && len <= LEASE_TEXT_MAX);
	for (taken = 0; taken < len; taken += sizeof(piece)) {
		if (fdpass_recv(peers[index], &piece, sizeof(piece), &fd) != 1)
			break;
		assert(fd == -1);
	}
}

static bool
read_reply(uint32_t index)
{
	struct lease_reply reply;
	int fd;

	if (peers[index] == -1 ||
	    fdpass_recv(peers[index], &reply, sizeof(reply), &fd) != 1)
		return false;
	assert(reply.version == LEASE_PROTOCOL_VERSION);
	assert(fd == -1 || reply.kind == LEASE_GRANT ||
	       reply.kind == LEASE_REOPEN);
	assert(fd != -1 || reply.kind != LEASE_REOPEN);
	/* One answer to a question at the most. */
	if (reply.kind != LEASE_REOPEN)
		assert(asked[index]-- > 0);
	if (reply.kind == LEASE_GRANT)
		take_grant(index, &reply, fd);
	if (reply.kind == LEASE_REFUSE)
		assert(reply.reason >= LEASE_QUEUE_FULL &&
		       reply.reason <= LEASE_CANCELLED &&
		       reply.retry_after_s >= 1);
	if (reply.kind == LEASE_METRICS_ARE)
		take_text(index, reply.text_bytes);
	fd_close(&fd);
	return true;
}

/* A lease: its own, its last one, another's, one to come, or any. */
static uint64_t
pick_lease(uint32_t index)
{
	uint32_t which = take();

	switch (which % 8) {
	case 0:
		return last_lease_id[which / 8 % RESPONDERS];
	case 1:
		return sup.responders[which / 8 % RESPONDERS].lease_id;
	case 2:
		return sup.leases + which / 8;
	case 3:
		return (uint64_t)which << 56;
	default:
		return sup.responders[index].lease_id;
	}
}

static uint32_t
pick_wall_limit(void)
{
	static const uint32_t limits[] = { 0, 1, WALL_MS_MAX_DEFAULT,
		WALL_MS_MAX_DEFAULT + 1, UINT32_MAX, INT32_MAX, 5000, 5001 };

	return limits[take() % (sizeof(limits) / sizeof(*limits))];
}

static uint32_t
pick_memory(void)
{
	static const uint32_t limits[] = { 0, 64 * 1024, MEMORY_BYTES / 1024, 1,
		MEMORY_BYTES_MIN / 1024 - 1, MEMORY_BYTES / 1024 + 1,
		UINT32_MAX };

	return limits[take() % (sizeof(limits) / sizeof(*limits))];
}

static uint32_t
pick_language(void)
{
	static const uint32_t picks[] = { 0, 1, LANGUAGES, LANGUAGES_MAX,
		UINT32_MAX };

	return picks[take() % (sizeof(picks) / sizeof(*picks))];
}

static void
make_request(uint32_t index, struct lease_request *request)
{
	uint32_t what = take();

	memset(request, 0, sizeof(*request));
	request->version = what >= 0xf8 ? what : LEASE_PROTOCOL_VERSION;
	request->kind = what % 8 < 7 ? what % 7 : what << 24;
	/* Half of the leases asked for are in order. */
	if (request->kind == LEASE_ACQUIRE)
		request->wall_limit_ms = (what & 0x40) != 0 ? 5000
							    : pick_wall_limit();
	if (request->kind == LEASE_ACQUIRE && (what & 0x40) == 0)
		request->memory_kib = pick_memory();
	if (request->kind == LEASE_ACQUIRE)
		request->language = (what & 0x40) != 0 ? what >> 5 & 1
						       : pick_language();
	if (request->kind == LEASE_ACQUIRE)
		memset(
		    request->client, (int)(what >> 4), sizeof(request->client));
	if (request->kind == LEASE_RELEASE) {
		request->lease_id = pick_lease(index);
		request->verdict = (what & 0x40) != 0 ? 1 : take();
		request->outcome = (what & 0x40) != 0 ? 1 : take();
		request->truncated = what;
	}
}

static bool
may_be_answered(const struct lease_request *request)
{
	return request->kind == LEASE_ACQUIRE ||
	       request->kind == LEASE_HEALTH || request->kind == LEASE_METRICS;
}

/* Never waits: what is not taken is lost. */
static bool
send_raw(uint32_t index, const void *data, size_t len, uint32_t fds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(9 * sizeof(int))];
	} control = { .buf = { 0 } };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
		.iov_len = len };
	struct msghdr header = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	uint32_t i;

	if (peers[index] == -1)
		return false;
	if (fds > 0) {
		header.msg_control = control.buf;
		header.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&header);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fds * sizeof(int));
		for (i = 0; i < fds; i++)
			memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &sup.epoll_fd,
			    sizeof(int));
	}
	if (sendmsg(peers[index], &header, MSG_DONTWAIT | MSG_NOSIGNAL) == -1)
		return false;
	if (len != sizeof(struct lease_request) || fds > 0 ||
	    breaks_a_rule(index, data))
		doomed[index] = peer_pids[index];
	else
		asked[index] += may_be_answered(data);
	return true;
}

static void
send_any(uint32_t index)
{
	struct lease_request requests[3] = { { .version = 0 } };
	uint32_t len = take();

	make_request(index, &requests[0]);
	(void)send_raw(index, requests,
	    len % 4 == 0 ? sizeof(requests[0]) : len % sizeof(requests),
	    take() % 10);
}

static void
flood(uint32_t index)
{
	struct lease_request request;
	int i;

	make_request(index, &request);
	for (i = 0; i < 300; i++) {
		if (!send_raw(index, &request, sizeof(request), 0))
			break;
	}
}

static void
hang_up(uint32_t index)
{
	switch (take() % 4) {
	case 0:
		fd_close(&peers[index]);
		break;
	case 1:
		(void)shutdown(peers[index], SHUT_WR);
		break;
	case 2:
		(void)shutdown(peers[index], SHUT_RD);
		break;
	default:
		(void)shutdown(peers[index], SHUT_RDWR);
		break;
	}
}

/* --- guests --------------------------------------------------------------- */

static void
end_guest(uint32_t slot)
{
	fd_close(&guests[slot].fd);
	fd_close(&guests[slot].pid_fd);
}

/* As box_start and the dial-in leave it. */
static void
start_guest(uint32_t slot)
{
	struct box *box = &sup.boxes[slot];
	int pair[2];
	int process[2];

	if (sup.pool.slots[slot].state != SLOT_EMPTY || sup.stopping)
		return;
	end_guest(slot);
	assert(syscall(SYS_socketpair, AF_UNIX,
		   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	assert(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		   process) == 0);
	box_init(box);
	(void)snprintf(box->name, sizeof(box->name), "sce-0");
	(void)snprintf(box->dir, sizeof(box->dir), "%s/none", run_dir);
	box->guest_fd = pair[0];
	box->pid_fd = process[0];
	guests[slot] = (struct guest){ .fd = pair[1], .pid_fd = process[1] };
	box->started_us = io_now_us();
	box->deadline_us = box->started_us + 20000000;
	assert(pool_start(&sup.pool, slot, slot % LANGUAGES, box->started_us));
	assert(events_watch(
		   &sup, box->pid_fd, EPOLLIN, EVENT_GUEST_EXIT, slot) == 0);
	assert(events_watch(&sup, box->guest_fd, EPOLLIN | EPOLLRDHUP,
		   EVENT_GUEST, slot) == 0);
}

static void
speak_as_guest(uint32_t slot)
{
	uint8_t frame[FRAME_HEADER_LEN + FRAME_READY_LEN];
	uint32_t what = take();
	size_t len = sizeof(frame);

	frame_encode_header(frame, FRAME_READY, FRAME_READY_LEN);
	frame_encode_ready(frame + FRAME_HEADER_LEN);
	if (what >= 0xe0)
		frame[what % sizeof(frame)] ^= (uint8_t)take();
	if (what >= 0xd0)
		len = 1 + what % sizeof(frame);
	if (guests[slot].fd != -1)
		(void)send(
		    guests[slot].fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- acts ----------------------------------------------------------------- */

static void
say_signal(int number)
{
	struct signalfd_siginfo info = { .ssi_signo = (uint32_t)number };

	(void)!write(signal_pipe, &info, sizeof(info));
}

static void
reap(void)
{
	reaping = true;
	say_signal(SIGCHLD);
}

static void
exit_client(uint32_t slot)
{
	if (sup.boxes[slot].helper.pid != -1)
		end_child(sup.boxes[slot].helper.pid, take() % 2 << 8);
	reap();
}

static void
act_signal(void)
{
	static const int numbers[] = { SIGUSR1, SIGHUP, SIGCHLD, SIGTERM };
	uint32_t which = take();

	/* The end is rare, or nothing would ever come before it. */
	say_signal(numbers[which == 0xff ? 3 : which % 3]);
}

static void
act_as_responder(enum act act, uint32_t index)
{
	struct lease_request request;

	if (act == ACT_MESSAGE) {
		make_request(index, &request);
		(void)send_raw(index, &request, sizeof(request), 0);
	} else if (act == ACT_RAW) {
		send_any(index);
	} else if (act == ACT_FLOOD) {
		flood(index);
	} else if (act == ACT_READ) {
		while (read_reply(index))
			;
	} else if (act == ACT_HANG_UP && peers[index] != -1) {
		hang_up(index);
	} else if (act == ACT_DIE && sup.responders[index].pid != -1) {
		end_child(sup.responders[index].pid, 1 << 8);
		fd_close(&peers[index]);
		reap();
	}
}

static void
act_as_guest(enum act act, uint32_t slot)
{
	if (act == ACT_START) {
		start_guest(slot);
		speak_as_guest(slot);
	} else if (act == ACT_GUEST) {
		speak_as_guest(slot);
	} else if (act == ACT_GUEST_HANGS_UP) {
		fd_close(&guests[slot].fd);
	} else if (act == ACT_GUEST_EXITS) {
		end_guest(slot);
	} else {
		exit_client(slot);
	}
}

static void
act(int left_ms)
{
	uint32_t first = take();
	enum act what = (enum act)(first % ACT_COUNT);
	uint32_t who = first / ACT_COUNT;

	if (what <= ACT_DIE)
		act_as_responder(what, who % RESPONDERS);
	else if (what >= ACT_START && what <= ACT_CLIENT_EXITS)
		act_as_guest(what, who % SLOTS);
	else if (what == ACT_REAP)
		reap();
	else if (what == ACT_WAIT && left_ms > 0)
		clock_us += (uint64_t)left_ms * 1000;
	else if (what == ACT_SIGNAL)
		act_signal();
	else if (what == ACT_FORK_FAILS)
		fork_fails = true;
}

/* Where the loop waits: everything is checked, and the next act happens. */
int
epoll_wait(int fd, struct epoll_event *events, int count, int left_ms)
{
	uint32_t i;
	int n;

	assert(fd == sup.epoll_fd);
	meet_new_peers();
	check_all();
	for (i = 0; i < RESPONDERS; i++)
		check_doomed(i);
	if (input_left == 0) {
		errno = EBADF;
		return -1;
	}
	act(left_ms);
	clock_us++;
	n = (int)syscall(SYS_epoll_pwait, fd, events, count, 0, NULL, 8);
	assert(n >= 0);
	spins = left_ms == 0 && n == 0 ? spins + 1 : 0;
	assert(spins < SPINS_MAX);
	return n;
}

/* --- set-up --------------------------------------------------------------- */

static void
remove_run_dir(void)
{
	char path[sizeof(run_dir) + 32];

	(void)snprintf(path, sizeof(path), "%s/logs/executions.log", run_dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/logs", run_dir);
	(void)rmdir(path);
	(void)rmdir(run_dir);
}

static void
set_up_once(void)
{
	char path[sizeof(run_dir) + 32];
	static bool done;

	if (done)
		return;
	done = true;
	log_init("fuzz", LOG_LEVEL_ERROR - 1);
	assert(mkdtemp(run_dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/logs", run_dir);
	assert(mkdir(path, 0700) == 0);
	assert(atexit(remove_run_dir) == 0);
}

static void
set_up_pool(void)
{
	struct pool_limits limits = { .languages = LANGUAGES,
		.stock = { { .ready = READY } }, /* the other on demand */
		.running = RUNNING,
		.starting = 2,
		.queue = QUEUE,
		.queue_wait_us = 10000000,
		.max_age_us = 600000000 };
	uint32_t i;

	pool_init(&sup.pool, &limits);
	assert(sup.pool.slot_count == SLOTS);
	/* We start them. */
	for (i = 0; i < SLOTS; i++)
		sup.pool.slots[i].is_barred = true;
	sup.pool.limits.reuse = sup.config.fork;
	for (i = 0; i < 2 * SLOTS; i++) /* networks, too, but none starts */
		box_init(&sup.boxes[i]);
	for (i = 0; i < SLOTS; i++) {
		guests[i] = (struct guest){ .fd = -1, .pid_fd = -1 };
	}
}

static void
set_up(void)
{
	int signals[2];
	uint32_t i;

	memset(&sup, 0, sizeof(sup));
	sup.begun_us = clock_us;
	config_set_defaults(&sup.config);
	(void)snprintf(
	    sup.config.run_dir, sizeof(sup.config.run_dir), "%s", run_dir);
	sup.config.running = RUNNING;
	sup.config.fork = input_left > 0 && *input == FORK_MARK;
	sup.config.fork_runs = FORK_RUNS;
	if (sup.config.fork)
		(void)take();
	sup.config.queue = QUEUE;
	sup.config.network_holder = false;
	sup.config.language_count = LANGUAGES;
	sup.config.languages[1] = sup.config.languages[0];
	for (i = 0; i < LANGUAGES; i++) {
		sup.config.languages[i].timeout_max_ms = wall_ms_max[i];
		sup.config.languages[i].memory_bytes = memory_bytes[i];
	}
	sup.next_sweep_us = IO_FOREVER;
	sup.listen_fd = sup.log_fd = sup.lock_fd = -1;
	docker_client_init(&sup.sweeper);
	docker_client_init(&sup.inspector);
	set_up_pool();
	sup.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	assert(pipe2(signals, O_NONBLOCK | O_CLOEXEC) == 0);
	sup.signal_fd = signals[0];
	signal_pipe = signals[1];
	assert(
	    events_watch(&sup, sup.signal_fd, EPOLLIN, EVENT_SIGNAL, 0) == 0);
	for (i = 0; i < RESPONDERS; i++) {
		peers[i] = -1;
		peer_pids[i] = 0;
		last_lease_id[i] = 0;
		doomed[i] = 0;
		asked[i] = 0;
	}
	child_count = granted_count = spins = 0;
	clock_us = 1000000000;
	fork_fails = reaping = false;
}

static void
tear_down(void)
{
	uint32_t i;
	int child;

	for (child = 0; child < child_count; child++)
		fd_close(&children[child].peer_fd);
	for (i = 0; i < RESPONDERS; i++) {
		while (read_reply(i))
			;
		fd_close(&peers[i]);
		fd_close(&sup.responders[i].channel_fd);
	}
	for (i = 0; i < SLOTS; i++) {
		end_guest(i);
		fd_close(&sup.boxes[i].run_fd);
		fd_close(&sup.boxes[i].guest_fd);
		fd_close(&sup.boxes[i].pid_fd);
	}
	fd_close(&sup.log_fd);
	fd_close(&sup.signal_fd);
	fd_close(&sup.epoll_fd);
	fd_close(&signal_pipe);
}

static int
open_descriptors(void)
{
	int count = 0;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int before;

	set_up_once();
	before = open_descriptors();
	input = data;
	input_left = size;
	set_up();
	responders_start(&sup);
	(void)supervisor_run(&sup);
	input_left = 0;
	tear_down();
	assert(open_descriptors() == before);
	return 0;
}
