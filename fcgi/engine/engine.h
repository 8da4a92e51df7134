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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sentence about an error, with the NUL. */
#define ENGINE_WHY_MAX 1024

/* Fills why with one printable line. Always -1, to be returned. */
int engine_fail(char why[ENGINE_WHY_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A path with its query: bytes with the NUL. */
#define NAME_PATH_MAX 1024

/* A container's name or ID, as Docker allows it: nothing that a URL or a
 * terminal would take for something else. */
bool name_is_container(const char *name);

/* An image's name or ID; no component is empty, . or .. */
bool name_is_image(const char *name);

/* Appends text to path, percent-encoded but for letters, digits and -._~. 0,
 * or -1: it does not fit. */
int name_escape(char path[NAME_PATH_MAX], const char *text);

/*
 * --- create.c ---
 * The words of docker run, as the Engine wants them: the options that
 * supervisor/docker/client.c uses and no others. Words that would make another
 * kind of container than sced's are refused: one that is attached, that stays,
 * whose image is fetched, or that has a network of its own.
 */
struct json_object;

struct create {
	const char *name;         /* the container's, from argv; NULL: none */
	struct json_object *body; /* of POST /containers/create */
	struct json_object *host; /* its HostConfig; the body's */
	char *why;                /* the caller's, while argv is parsed */
	bool is_detached;
	bool is_never_pulled;
};

/* argv: the words after "run". 0, or -1 with why; create_finish in any case.
 */
int create_parse(struct create *create, int argc, char *const argv[],
    char why[ENGINE_WHY_MAX]);
void create_finish(struct create *create);

/* The body's text, which lives as long as create. NULL: no memory is left. */
const char *create_text(const struct create *create);

#endif
