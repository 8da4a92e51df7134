/* SPDX-License-Identifier: MIT */
/*
 * A network namespace is there for as long as somebody is in it. This somebody
 * does nothing else: it reads not a byte of what it could be sent, and goes
 * when its life line ends.
 */
#include "guest/hold_network.h"

#include <poll.h>

#include "common/frame.h"
#include "common/io.h"
#include "guest/guest.h"

int
hold_network(const char *socket_path)
{
	struct guest guest = { .host_fd = host_dial(socket_path) };
	struct pollfd line = { .fd = guest.host_fd, .events = POLLRDHUP };
	uint8_t version[FRAME_READY_LEN];

	if (guest.host_fd == -1)
		return 4;
	frame_encode_ready(version);
	if (host_send(&guest, FRAME_READY, version, sizeof(version)) == -1)
		return 5;
	while (poll(&line, 1, -1) != 1)
		;
	return 0;
}
