/* SPDX-License-Identifier: MIT */
/*
 * The start of a box: a directory with one listening socket, a container that
 * is started on it, exactly one connection from the right uid, and the guest's
 * word that the interpreter is waiting.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"

void
box_init(struct box *box)
{
	memset(box, 0, sizeof(*box));
	box->listen_fd = box->guest_fd = box->pid_fd = box->run_fd = -1;
	docker_client_init(&box->runner);
	docker_client_init(&box->helper);
	box->deadline_us = IO_FOREVER;
	box->responder = POOL_NONE;
}

bool
box_start(struct supervisor *sup, uint32_t index, uint32_t language)
{
	uint64_t now_us = io_now_us();

	if (!pool_start(&sup->pool, index, language, now_us))
		return false;
	box_init(&sup->boxes[index]);
	sup->boxes[index].started_us = now_us;
	return true;
}

/* The slot directory and its socket; the path is short by config_check. */
static int
open_slot_dir(struct box *box)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int n;

	n = snprintf(
	    address.sun_path, sizeof(address.sun_path), "%s/s", box->dir);
	if (n < 0 || (size_t)n >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (mkdir(box->dir, 0755) == -1)
		return -1;
	box->listen_fd = socket(
	    AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (box->listen_fd == -1)
		return -1;
	/* Only this sandbox and root see the directory. */
	if (bind(box->listen_fd, (struct sockaddr *)&address,
		sizeof(address)) == -1 ||
	    chmod(address.sun_path, 0666) == -1 ||
	    listen(box->listen_fd, 1) == -1)
		return -1;
	return 0;
}

/* A name and a directory that were never used before. Networks have theirs
 * apart: slots/ has what runs. */
static int
name_box(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	char id[DOCKER_NAME_MAX / 2];
	char dir[sizeof(box->dir)];
	int n;

	box->start = ++sup->starts;
	(void)snprintf(id, sizeof(id), "%s-%x-%" PRIx64, sup->docker.boot_id,
	    slot, box->start);
	(void)snprintf(box->name, sizeof(box->name), "sce-%s", id);
	n = snprintf(dir, sizeof(dir), "%s/%s/%s", sup->config.run_dir,
	    box_is_network(sup, slot) ? "nets" : "slots", id);
	if (n < 0 || (size_t)n >= sizeof(dir)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(box->dir, dir, sizeof(dir));
	return 0;
}

void
box_launch(struct supervisor *sup, uint32_t index, const char *network)
{
	struct box *box = &sup->boxes[index];
	struct docker_box what = { .name = box->name,
		.dir = box->dir,
		.slot = index % sup->pool.slot_count,
		.uid = sup->config.uid_base + index,
		.language = sup->pool.slots[index].language,
		.is_network = box_is_network(sup, index),
		.network = network };

	box->deadline_us = io_now_us() +
			   (uint64_t)sup->config.start_timeout_ms * 1000;
	if (name_box(sup, index) == -1 || open_slot_dir(box) == -1 ||
	    events_watch(sup, box->listen_fd, EPOLLIN, EVENT_LISTEN, index) ==
		-1 ||
	    docker_run(&sup->docker, &box->runner, &what) == -1)
		ending_fail_start(sup, index, strerror(errno));
}

/* One connection was enough: no socket and no name is left of the door. */
static void
close_door(struct supervisor *sup, struct box *box)
{
	char path[DOCKER_PATH_MAX + 2];

	events_close(sup, &box->listen_fd);
	(void)snprintf(path, sizeof(path), "%s/s", box->dir);
	(void)unlink(path);
}

static bool
has_hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1;
}

/* gVisor's kernel has no socket of the host; its file server, which is root
 * without most of root's rights, dials for it. */
static uint32_t
peer_uid(const struct config *config, uint32_t slot)
{
	return config_is_gvisor(config) ? 0 : config->uid_base + slot;
}

/* Finds out who has dialled. The pid, as the host sees it, gives the pidfd and
 * the cgroup. Returns what is wrong, or NULL. */
static const char *
identify(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(box->guest_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) ==
	    -1)
		return strerror(errno);
	if (peer.uid != peer_uid(&sup->config, slot))
		return "dialled by a foreign uid";
	if (peer.pid <= 1)
		return "dialled from a foreign pid namespace";
	box->network.pid = peer.pid;
	box->pid_fd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	if (box->pid_fd == -1)
		return "its process is gone already";
	if (cgroup_find(peer.pid, box->cgroup) == -1)
		box->cgroup[0] = '\0';
	/* It is still there: the pid is its own, and so is the pidfd. */
	if (has_hung_up(box->guest_fd)) {
		fd_close(&box->pid_fd);
		box->cgroup[0] = '\0';
		return "it hung up at once";
	}
	if (events_watch(sup, box->pid_fd, EPOLLIN, EVENT_GUEST_EXIT, slot) ==
		-1 ||
	    events_watch(sup, box->guest_fd, EPOLLIN | EPOLLRDHUP, EVENT_GUEST,
		slot) == -1) {
		/* Unwatched, its end would never be seen. */
		events_close(sup, &box->pid_fd);
		return "its descriptors can not be watched";
	}
	return NULL;
}

void
box_on_dial(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	const char *problem;

	box->guest_fd = accept4(
	    box->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (box->guest_fd == -1) {
		/* The guest hung up again: the deadline decides. But a
		 * connection that stays in the queue for want of a descriptor
		 * would ring for ever. */
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			ending_fail_start(sup, slot, strerror(errno));
		return;
	}
	close_door(sup, box);
	problem = identify(sup, slot);
	if (problem != NULL)
		ending_fail_start(sup, slot, problem);
}

static void
become_ready(struct supervisor *sup, uint32_t slot)
{
	struct box *box = &sup->boxes[slot];
	uint32_t events = sup->config.fork ? EPOLLRDHUP | EPOLLIN : EPOLLRDHUP;
	uint64_t now_us = io_now_us();

	/* From here on the connection is watched for its end only: what the
	 * guest says is not for us. With fork the connection is to us alone,
	 * and the guest has one thing to say. */
	(void)events_change(sup, box->guest_fd, events, EVENT_GUEST, slot);
	box->deadline_us = IO_FOREVER;
	/* A network says nothing about what will run in it. */
	if (!box_is_network(sup, slot)) {
		pool_note_start(
		    &sup->pool, sup->pool.slots[slot].language, true, now_us);
		metrics_observe(&sup->metrics.start, now_us - box->started_us);
		systemd_tell_ready(&sup->systemd);
	}
	(void)pool_make_ready(&sup->pool, slot, now_us);
	log_debug(NULL, "sandbox-ready slot=%u name=%s start_ms=%" PRIu64, slot,
	    box->name, (now_us - box->started_us) / 1000);
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
box_on_frame(struct supervisor *sup, uint32_t slot)
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
