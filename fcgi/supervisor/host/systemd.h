/* SPDX-License-Identifier: MIT */
/*
 * The service manager that may have started us, which is systemd or speaks as
 * it does: it may pass the FastCGI socket, and wants to know how we are.
 */
#ifndef SCE_SYSTEMD_H
#define SCE_SYSTEMD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

/* With the NUL, which a socket's name does not have. */
#define SYSTEMD_ADDRESS_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1)

struct systemd {
	int socket_count; /* passed to us, as descriptors from 3 on; -1: an
			     error */
	bool is_told;     /* that we are ready */
	bool is_told_stop;
	char address[SYSTEMD_ADDRESS_MAX]; /* where to tell it; "": nowhere */
};

/*
 * Once, before any child: takes what the environment says out of it, so that
 * nobody inherits it, and makes what was passed close-on-exec.
 */
void systemd_meet(struct systemd *systemd);

/*
 * The listening unix socket that was passed, as a descriptor that is
 * close-on-exec and does not block. -1 with why == NULL if there is none, or
 * with the reason in why if what was passed is something else.
 */
int systemd_take_socket(const struct systemd *systemd, const char **why);

/* A program can be run: the first sandbox is waiting. Says it once, and not
 * after a stop. */
void systemd_tell_ready(struct systemd *systemd);

/* No responder takes a request any more. Says it once. */
void systemd_tell_stopping(struct systemd *systemd, uint32_t runs);

/*
 * The socket that the service manager passed, else a new one in run_dir that
 * socket_group may connect to: close-on-exec, it does not block. -1 with the
 * reason logged.
 */
int listen_fastcgi(const struct systemd *systemd, const char *run_dir,
    const char *socket_group);

#endif
