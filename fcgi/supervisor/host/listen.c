/* SPDX-License-Identifier: MIT */
/*
 * The FastCGI socket on which the responders accept. One that the service
 * manager passes is its own: it stays when we go, with the connections that
 * wait in it. Without one we make it, in the run directory.
 */
#include "supervisor/host/listen.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"

#define LISTEN_BACKLOG 511

static int
make_address(const char *run_dir, struct sockaddr_un *address)
{
	int n = snprintf(address->sun_path, sizeof(address->sun_path),
	    "%s/fastcgi.sock", run_dir);

	if (n > 0 && (size_t)n < sizeof(address->sun_path))
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* nginx's group may connect to it, nobody else. */
static int
bind_socket(int fd, const struct sockaddr_un *address, gid_t gid)
{
	mode_t mask = umask(0777);
	int rc = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	(void)umask(mask);
	if (rc == -1 || chown(address->sun_path, 0, gid) == -1 ||
	    chmod(address->sun_path, 0660) == -1)
		return -1;
	return listen(fd, LISTEN_BACKLOG);
}

static int
make_socket(const char *run_dir, const char *socket_group)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct group *group = getgrnam(socket_group);
	int fd = -1;

	if (group == NULL) {
		log_error("there is no such group",
		    "socket-not-opened socket_group=%s", socket_group);
		return -1;
	}
	if (make_address(run_dir, &address) == 0) {
		(void)unlink(address.sun_path); /* the lock is ours: stale */
		fd = socket(
		    AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	if (fd == -1 || bind_socket(fd, &address, group->gr_gid) == -1) {
		log_error(
		    strerror(errno), "socket-not-opened run_dir=%s", run_dir);
		fd_close(&fd);
	}
	return fd;
}

int
listen_fastcgi(const struct manager *manager, const char *run_dir,
    const char *socket_group)
{
	const char *why;
	int fd = manager_take_socket(manager, &why);

	if (why != NULL) {
		log_error(why, "socket-not-taken");
		return -1;
	}
	return fd != -1 ? fd : make_socket(run_dir, socket_group);
}
