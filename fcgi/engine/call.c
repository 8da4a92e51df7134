/* SPDX-License-Identifier: MIT */
/*
 * Connects, sends, receives, and agrees on a version of the API. Reads the
 * Engine's answers, and prints nothing of them unchecked.
 */
#include "engine/call.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"

#define SOCKET_DEFAULT "/var/run/docker.sock"
#define SCHEME "unix://"
#define READ_BYTES (16 * 1024)
/* A container in a list has four levels, an image has five. */
#define DEPTH_MAX 16

/* Debian 12's Docker, 20.10, knows 1.41 and none above; Docker 29 knows none
 * below 1.44. All that is used means the same in both. */
static const char *const versions[] = { "1.41", "1.44" };

/* --- answers, in JSON ------------------------------------------------------
 */

/* The value at text, and in *used how many bytes it took. NULL: there is none.
 */
static struct json_object *
parse(const char *text, size_t len, size_t *used)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *value = NULL;

	if (tokener == NULL || text == NULL || len > INT32_MAX)
		goto out;
	value = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(value);
		value = NULL;
	}
	*used = json_tokener_get_parse_end(tokener);
out:
	if (tokener != NULL)
		json_tokener_free(tokener);
	return value;
}

/* The body, if it is one object, else NULL. The caller puts it. */
static struct json_object *
parse_object(const struct http *http)
{
	size_t used;
	struct json_object *value = parse(http->body, http->body_len, &used);

	if (json_object_is_type(value, json_type_object))
		return value;
	json_object_put(value);
	return NULL;
}

/* A member that is a text, or NULL. */
static const char *
get_text(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

bool
answer_is_too_old(const struct http *http)
{
	struct json_object *object;
	const char *message;
	bool is_so;

	if (http->status != 400)
		return false;
	object = parse_object(http);
	message = get_text(object, "message");
	is_so = message != NULL && strstr(message, "is too old") != NULL;
	json_object_put(object);
	return is_so;
}

void
answer_tell_refusal(const struct http *http, char why[ENGINE_WHY_MAX])
{
	struct json_object *object = parse_object(http);
	const char *message = get_text(object, "message");

	if (message != NULL && message[0] != '\0')
		(void)engine_fail(
		    why, "Error response from daemon: %s", message);
	else
		(void)engine_fail(why,
		    "Error response from daemon: status %u without a message",
		    http->status);
	json_object_put(object);
}

int
answer_get_id(
    const struct http *http, char id[ANSWER_ID_MAX], char why[ENGINE_WHY_MAX])
{
	struct json_object *object = parse_object(http);
	const char *text = get_text(object, "Id");
	int rc = 0;

	if (text != NULL && strlen(text) < ANSWER_ID_MAX && name_is_image(text))
		memcpy(id, text, strlen(text) + 1);
	else
		rc = engine_fail(why, "Docker's answer has no ID in it");
	json_object_put(object);
	return rc;
}

void
answer_print_warnings(const struct http *http, FILE *out)
{
	struct json_object *object = parse_object(http);
	struct json_object *list = NULL;
	char line[ENGINE_WHY_MAX];
	struct json_object *text;
	size_t i;

	if (json_object_object_get_ex(object, "Warnings", &list) &&
	    json_object_is_type(list, json_type_array)) {
		for (i = 0; i < json_object_array_length(list); i++) {
			text = json_object_array_get_idx(list, i);
			if (!json_object_is_type(text, json_type_string))
				continue;
			(void)engine_fail(
			    line, "%s", json_object_get_string(text));
			(void)fprintf(out, "WARNING: %s\n", line);
		}
	}
	json_object_put(object);
}

/* A container that is just being removed may have no name. */
static void
print_name(struct json_object *container, FILE *out)
{
	struct json_object *names = NULL;
	const char *name = NULL;

	if (json_object_object_get_ex(container, "Names", &names) &&
	    json_object_is_type(names, json_type_array))
		name = json_object_get_string(
		    json_object_array_get_idx(names, 0));
	if (name != NULL && name[0] == '/' && name_is_container(name + 1))
		(void)fprintf(out, "%s\n", name + 1);
	else
		(void)fputc('\n', out);
}

static size_t
skip_blanks(const char *text)
{
	return strspn(text, " \t\r\n");
}

/*
 * The array is parsed one element after the other, so that there is one tree at
 * a time: a thousand containers are megabytes of text, and trees of twenty
 * times as much.
 */
int
answer_print_names(const struct http *http, FILE *out, char why[ENGINE_WHY_MAX])
{
	const char *at = http->body != NULL ? http->body : "";
	const char *end = at + http->body_len;
	struct json_object *container;
	size_t used;
	char next;

	at += skip_blanks(at);
	if (*at != '[')
		goto broken;
	at += 1 + skip_blanks(at + 1);
	if (*at == ']')
		return 0;
	do {
		container = parse(at, (size_t)(end - at), &used);
		if (!json_object_is_type(container, json_type_object)) {
			json_object_put(container);
			goto broken;
		}
		print_name(container, out);
		json_object_put(container);
		at += used;
		at += skip_blanks(at);
		next = *at++;
		at += next == ',' ? skip_blanks(at) : 0;
	} while (next == ',');
	if (next == ']')
		return 0;
broken:
	return engine_fail(why, "Docker's answer is no list of containers");
}

/* --- calls -----------------------------------------------------------------
 */

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
