/* SPDX-License-Identifier: MIT */
/* The service manager's end of what it is told. */
#ifndef SCE_SYSTEMD_SUPPORT_H
#define SCE_SYSTEMD_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "supervisor/host/systemd.h"

/* A socket that receives, and its address as NOTIFY_SOCKET has it. flags: of
 * socket(2). */
static inline int
systemd_notify_socket(int flags, char name[SYSTEMD_ADDRESS_MAX])
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(address);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | flags, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			     offsetof(struct sockaddr_un, sun_path)),
	    0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(name, SYSTEMD_ADDRESS_MAX, "@%.*s",
	    (int)(len - offsetof(struct sockaddr_un, sun_path) - 1),
	    address.sun_path + 1);
	return fd;
}

#endif
