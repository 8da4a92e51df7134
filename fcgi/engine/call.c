/* SPDX-License-Identifier: MIT */
/* Connects, sends, receives, and agrees on a version of the API. */
#include "engine/call.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"
#include "engine/answer.h"

#define SOCKET_DEFAULT "/var/run/docker.sock"
#define SCHEME "unix://"
#define READ_BYTES (16 * 1024)

/* Debian 12's Docker, 20.10, knows 1.41 and none above; Docker 29 knows none
 * below 1.44. All that is used means the same in both. */
static const char *const versions[] = { "1.41", "1.44" };

int
call_find_engine(struct engine *engine, const char *docker_host,
    uint64_t deadline_us, char why[ENGINE_WHY_MAX])
{
	engine->deadline_us = deadline_us;
	engine->version = NULL;
	engine->socket = SOCKET_DEFAULT;
	if (docker_host == NULL || docker_host[0] == '\0')
		return 0;
	if (strncmp(docker_host, SCHEME "/", strlen(SCHEME "/")) == 0) {
		engine->socket = docker_host + strlen(SCHEME);
		return 0;
	}
	return engine_fail(why,
	    "DOCKER_HOST=%s is no unix:// socket, and sce-docker knows no "
	    "other; set docker_cli to Docker's own client, as in docker_cli = "
	    "/usr/bin/docker",
	    docker_host);
}

static int
connect_engine(const struct engine *engine)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int left_ms = io_left_ms(engine->deadline_us);
	/* While the Engine accepts nobody, connect waits, too. */
	struct timeval left = { .tv_sec = left_ms / 1000 + 1 };
	size_t len = strlen(engine->socket);
	int fd;

	if (len >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, engine->socket, len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)) ==
		-1 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    fd_set_nonblocking(fd) == -1)
		fd_close(&fd);
	return fd;
}

/* The text of a request, to be freed, and its length; or -1. */
static int
format_request(char **text, const char *version, const char *method,
    const char *path, const char *body)
{
	return asprintf(text,
	    "%s /v%s%s HTTP/1.1\r\n"
	    "Host: docker\r\n"
	    "User-Agent: sce-docker/" SCE_VERSION "\r\n"
	    "Connection: close\r\n"
	    "%s"
	    "Content-Length: %zu\r\n"
	    "\r\n%s",
	    method, version, path,
	    body != NULL ? "Content-Type: application/json\r\n" : "",
	    body != NULL ? strlen(body) : 0, body != NULL ? body : "");
}

/* Waits until there are bytes, and takes as many as there are. */
static ssize_t
read_some(int fd, char *data, size_t size, uint64_t deadline_us)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int left_ms;
	ssize_t n;

	do {
		left_ms = io_left_ms(deadline_us);
		if (left_ms == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		n = recv(fd, data, size, 0);
		if (n == -1 && errno == EAGAIN)
			(void)poll(&p, 1, left_ms);
	} while (n == -1 && (errno == EAGAIN || errno == EINTR));
	return n;
}

static int
receive(int fd, const struct engine *engine, struct http *http,
    char why[ENGINE_WHY_MAX])
{
	char data[READ_BYTES];
	ssize_t n;

	while (http->state != HTTP_DONE) {
		n = read_some(fd, data, sizeof(data), engine->deadline_us);
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			return http_end(http, why);
		if (n == -1)
			return engine_fail(why,
			    "Docker does not answer at unix://%s: %s",
			    engine->socket, strerror(errno));
		if (http_feed(http, data, (size_t)n, why) == -1)
			return -1;
	}
	return 0;
}

/* One connection: the request's text there, an answer back. An Engine that
 * answers before it has read the request has its reason; it is an error only if
 * no answer follows. */
static int
exchange(const struct engine *engine, const char *text, size_t len,
    struct http *http, char why[ENGINE_WHY_MAX])
{
	int fd = connect_engine(engine);
	int rc = -1;

	if (fd == -1)
		(void)engine_fail(why,
		    "Cannot connect to the Docker daemon at unix://%s: %s",
		    engine->socket, strerror(errno));
	else if (io_write_all(fd, text, len, engine->deadline_us) == -1 &&
		 errno != EPIPE && errno != ECONNRESET)
		(void)engine_fail(why,
		    "Docker takes no request at unix://%s: %s", engine->socket,
		    strerror(errno));
	else
		rc = receive(fd, engine, http, why);
	fd_close(&fd);
	return rc;
}

int
call_engine(struct engine *engine, const char *method, const char *path,
    const char *body, struct http *http, char why[ENGINE_WHY_MAX])
{
	bool is_agreed = engine->version != NULL;
	size_t i = 0;
	char *text;
	int len;
	int rc;

	do {
		if (!is_agreed)
			engine->version = versions[i++];
		http_finish(http);
		http_init(http, http->body_max);
		len = format_request(
		    &text, engine->version, method, path, body);
		if (len == -1)
			return engine_fail(why, "no memory is left");
		rc = exchange(engine, text, (size_t)len, http, why);
		free(text);
	} while (rc == 0 && !is_agreed && answer_is_too_old(http) &&
		 i < sizeof(versions) / sizeof(*versions));
	if (rc == -1 || http->status < 300)
		return rc;
	answer_tell_refusal(http, why);
	return -1;
}
