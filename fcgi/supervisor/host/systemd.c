/* SPDX-License-Identifier: MIT */
/*
 * systemd's two interfaces that need no library: environment and descriptors
 * that it passes, sd_listen_fds(3), and datagrams that it is sent, after the
 * self-contained example in sd_notify(3). vsock, which is for virtual machines,
 * is left out. Also the FastCGI socket on which the responders accept. One that
 * systemd passes is its own: it stays when we go, with the connections that
 * wait in it. Without one we make it, in the run directory.
 */
#include "supervisor/host/systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"

#define LISTEN_FDS_START 3
#define LISTEN_BACKLOG 511

/* A variable's decimal number from 1 to max; -1: something else. */
static int
read_number(const char *name, int max)
{
	const char *text = getenv(name);
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || errno != 0 || number < 1 ||
	    number > max)
		return -1;
	return (int)number;
}

/* How many descriptors are passed to this process, made close-on-exec; -1 with
 * errno if the environment or a descriptor is not as it must be. */
static int
take_passed(void)
{
	int count;
	int pid;
	int fd;

	if (getenv("LISTEN_PID") == NULL || getenv("LISTEN_FDS") == NULL)
		return 0;
	pid = read_number("LISTEN_PID", INT_MAX);
	if (pid != -1 && pid != getpid())
		return 0;
	count = read_number("LISTEN_FDS", INT_MAX - LISTEN_FDS_START);
	if (pid == -1 || count == -1) {
		errno = EINVAL;
		return -1;
	}
	for (fd = LISTEN_FDS_START; fd < LISTEN_FDS_START + count; fd++) {
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
			return -1;
	}
	return count;
}

void
systemd_meet(struct systemd *systemd)
{
	const char *address = getenv("NOTIFY_SOCKET");

	memset(systemd, 0, sizeof(*systemd));
	if (address != NULL && strlen(address) < sizeof(systemd->address))
		memcpy(systemd->address, address, strlen(address));
	else if (address != NULL)
		log_warning("its address is too long", "manager-not-told");
	systemd->socket_count = take_passed();
	if (systemd->socket_count == -1)
		log_warning(strerror(errno), "passed-sockets-not-taken");
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

static bool
has_option(int fd, int option, int expected)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 &&
	       value == expected;
}

int
systemd_take_socket(const struct systemd *systemd, const char **why)
{
	int fd = LISTEN_FDS_START;

	*why = NULL;
	if (systemd->socket_count == 0)
		return -1;
	if (systemd->socket_count != 1)
		*why = "one socket must be passed, no more";
	else if (!has_option(fd, SO_DOMAIN, AF_UNIX) ||
		 !has_option(fd, SO_TYPE, SOCK_STREAM) ||
		 !has_option(fd, SO_ACCEPTCONN, 1))
		*why = "what was passed is no listening unix stream socket";
	else if (fd_set_nonblocking(fd) == -1)
		*why = strerror(errno);
	return *why == NULL ? fd : -1;
}

/* 0, or -1 with errno. */
static int
send_text(const char *name, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const size_t len = strlen(name);
	socklen_t address_len;
	int rc = -1;
	int fd;

	if (name[0] != '/' && name[0] != '@') {
		errno = EAFNOSUPPORT;
		return -1;
	}
	memcpy(address.sun_path, name, len);
	if (name[0] == '@') /* an abstract name has no NUL behind it */
		address.sun_path[0] = '\0';
	address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		(struct sockaddr *)&address, address_len) != -1)
		rc = 0;
	fd_close(&fd);
	return rc;
}

/* A manager that does not listen is no reason to stop. */
static void
tell(const struct systemd *systemd, const char *text)
{
	if (systemd->address[0] != '\0' &&
	    send_text(systemd->address, text) == -1)
		log_warning(strerror(errno), "manager-not-told");
}

void
systemd_tell_ready(struct systemd *systemd)
{
	if (systemd->is_told || systemd->is_told_stop)
		return;
	systemd->is_told = true;
	tell(systemd, "READY=1\nSTATUS=Answering");
}

void
systemd_tell_stopping(struct systemd *systemd, uint32_t runs)
{
	char text[64];

	if (systemd->is_told_stop)
		return;
	systemd->is_told_stop = true;
	(void)snprintf(text, sizeof(text),
	    "STOPPING=1\nSTATUS=Stopping, %u runs under way", runs);
	tell(systemd, text);
}

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
listen_fastcgi(const struct systemd *systemd, const char *run_dir,
    const char *socket_group)
{
	const char *why;
	int fd = systemd_take_socket(systemd, &why);

	if (why != NULL) {
		log_error(why, "socket-not-taken");
		return -1;
	}
	return fd != -1 ? fd : make_socket(run_dir, socket_group);
}
