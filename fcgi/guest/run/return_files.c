/* SPDX-License-Identifier: MIT */
/*
 * The files of a run that has ended, to the host. What cannot be had, or not
 * in time, is left out: never the answer.
 */
#include "guest/run/return_files.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/file_piece.h"
#include "common/io.h"
#include "guest/host.h"
#include "guest/run/collect.h"

/* Behind the deadline, which a grace of 200 ms may have moved: well below the
 * second that the responder waits for a guest that is late. Whoever has ended
 * before leaves more of it. */
#define FILES_MARGIN_US (400 * 1000)

static struct collected collected;

/* 0, or -1: the host is gone. A file that cannot be read is taken back. */
static int
send_content(const struct pump *pump, uint8_t *buffer,
    const struct collected_file *file, int fd)
{
	uint8_t *payload = buffer + FRAME_HEADER_LEN;
	size_t used = file_piece_encode_head(payload, file->path, file->len);
	size_t left = file->len;
	size_t len;
	ssize_t n;

	do {
		len = FRAME_PAYLOAD_MAX - used;
		len = len < left ? len : left;
		n = read(fd, payload + used, len);
		if (n < 0 || (n == 0 && left > 0)) {
			if (used > 0 && host_send_frame(pump->host_fd, buffer,
					    FRAME_FILE, used) == -1)
				return -1;
			collected.is_cut = true;
			return host_send_frame(
			    pump->host_fd, buffer, FRAME_FILE, 0);
		}
		if (host_send_frame(pump->host_fd, buffer, FRAME_FILE,
			used + (size_t)n) == -1)
			return -1;
		left -= (size_t)n;
		used = 0;
	} while (left > 0);
	return 0;
}

/* Files go whole or not at all, as long as there is room and time. */
static int
send_all(
    const struct pump *pump, uint8_t *buffer, int root_fd, uint64_t deadline_us)
{
	uint32_t room = RETURN_BYTES_MAX;
	size_t i;
	int rc;
	int fd;

	for (i = 0; i < collected.count; i++) {
		const struct collected_file *file = &collected.files[i];

		fd = -1;
		if (file->len <= room && io_now_us() < deadline_us)
			fd = collect_open(root_fd, file);
		if (fd == -1) {
			collected.is_cut = true;
			continue;
		}
		room -= file->len;
		rc = send_content(pump, buffer, file, fd);
		fd_close(&fd);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
return_files(struct pump *pump, uint8_t *buffer)
{
	uint64_t deadline_us = pump->deadline_us + FILES_MARGIN_US;
	const struct child *child = pump->child;
	int root_fd = child_is_forked(child) ? child->box_fd : AT_FDCWD;

	collect_find(root_fd, pump->job, deadline_us, &collected);
	if (send_all(pump, buffer, root_fd, deadline_us) == -1)
		return -1;
	if (collected.is_cut)
		pump->verdict.truncated |= VERDICT_TRUNCATED_FILES;
	return 0;
}
