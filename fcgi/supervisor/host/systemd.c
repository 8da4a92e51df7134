/* SPDX-License-Identifier: MIT */
/* What systemd's daemon interface is used for; only this file sees it. */
#include "supervisor/host/systemd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "common/io.h"
#include "common/log.h"

void
manager_meet(struct manager *manager)
{
	const char *address = getenv("NOTIFY_SOCKET");

	memset(manager, 0, sizeof(*manager));
	if (address != NULL && strlen(address) < sizeof(manager->address))
		memcpy(manager->address, address, strlen(address));
	(void)unsetenv("NOTIFY_SOCKET");
	manager->socket_count = sd_listen_fds(1);
	if (manager->socket_count < 0)
		log_warning(strerror(-manager->socket_count),
		    "passed-sockets-not-taken");
}

int
manager_take_socket(const struct manager *manager, const char **why)
{
	int fd = SD_LISTEN_FDS_START;

	*why = NULL;
	if (manager->socket_count == 0)
		return -1;
	if (manager->socket_count != 1)
		*why = "one socket must be passed, no more";
	else if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0)
		*why = "what was passed is no listening unix stream socket";
	else if (fd_set_nonblocking(fd) == -1)
		*why = strerror(errno);
	return *why == NULL ? fd : -1;
}

/* sd_notify finds its address in the environment, where it is only now. A
 * manager that does not listen is no reason to stop. */
static void
tell(const struct manager *manager, const char *text)
{
	int rc;

	if (manager->address[0] == '\0')
		return;
	if (setenv("NOTIFY_SOCKET", manager->address, 1) == -1)
		return;
	rc = sd_notify(1, text);
	if (rc < 0)
		log_warning(strerror(-rc), "manager-not-told");
}

void
manager_tell_ready(struct manager *manager)
{
	if (manager->is_told || manager->is_told_stop)
		return;
	manager->is_told = true;
	tell(manager, "READY=1\nSTATUS=Answering");
}

void
manager_tell_stopping(struct manager *manager, uint32_t runs)
{
	char text[64];

	if (manager->is_told_stop)
		return;
	manager->is_told_stop = true;
	(void)snprintf(text, sizeof(text),
	    "STOPPING=1\nSTATUS=Stopping, %u runs under way", runs);
	tell(manager, text);
}
