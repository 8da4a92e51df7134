/* SPDX-License-Identifier: MIT */
/* The FastCGI socket. */
#ifndef SCE_LISTEN_H
#define SCE_LISTEN_H

#include "supervisor/host/systemd.h"

/*
 * The socket that the service manager passed, else a new one in run_dir that
 * socket_group may connect to: close-on-exec, it does not block. -1 with the
 * reason logged.
 */
int listen_fastcgi(const struct manager *manager, const char *run_dir,
    const char *socket_group);

#endif
