/* SPDX-License-Identifier: MIT */
/*
 * A network namespace is there for as long as a process is in it. This process
 * does nothing else: it reads no byte that it could be sent, and exits when its
 * life line ends.
 */
#include "guest/hold_network.h"

#include <poll.h>

#include "guest/guest.h"
#include "guest/host.h"

int
hold_network(const char *socket_path)
{
	struct guest guest = { .host_fd = host_dial(socket_path) };
	struct pollfd line = { .fd = guest.host_fd, .events = POLLRDHUP };

	if (guest.host_fd == -1)
		return 4;
	if (host_send_ready(&guest) == -1)
		return 5;
	while (poll(&line, 1, -1) != 1)
		;
	return 0;
}
