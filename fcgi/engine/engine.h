/* SPDX-License-Identifier: MIT */
/*
 * sce-docker does what sced needs of Docker's client, over the Engine's Unix
 * socket. Theory of operation:
 *
 * sced executes it, once for each command, with the words that it would give
 * to docker(1): `run --detach ...`, `kill`, `rm --force`, `ps`, `image
 * inspect`. It makes a few HTTP requests, prints what docker would print and
 * ends. It reads nothing but the words, DOCKER_HOST, the seccomp profile that
 * they name, and the Engine's answers, up to a limit.
 *
 * There is nothing in it that a start does not need, because each start pays
 * for it: Docker's own client takes twenty times the CPU time for the same,
 * most of it before it has sent a byte. For the same reason there is no
 * libcurl: Debian's loads some thirty shared libraries, TLS and Kerberos among
 * them, and `curl --version` alone takes ten times what all of this does.
 */
#ifndef SCE_ENGINE_H
#define SCE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/* A sentence about an error, with the NUL. */
#define ENGINE_WHY_MAX 1024

/* Fills why with one printable line. Always -1, to be returned. */
int engine_fail(char why[ENGINE_WHY_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
