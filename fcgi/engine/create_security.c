/* SPDX-License-Identifier: MIT */
/* --security-opt: the seccomp profile is sent as text, not as a path. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "engine/create_value.h"

#define SECCOMP "seccomp="
#define PROFILE_MAX (256 * 1024)

/* Into text, of less than size - 1 bytes. 0, or -1 with errno. */
static int
read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd == -1)
		return -1;
	while (n > 0 && len < size - 1) {
		n = read(fd, text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	fd_close(&fd);
	text[len] = '\0';
	if (n > 0 || (n == 0 && strlen(text) != len)) {
		errno = n > 0 ? EFBIG : EINVAL;
		return -1;
	}
	return n == -1 ? -1 : 0;
}

static bool
is_json(const char *text)
{
	struct json_object *value = json_tokener_parse(text);
	bool is_object = json_object_is_type(value, json_type_object);

	json_object_put(value);
	return is_object;
}

/* In place: blanks between the tokens of JSON go, those in strings stay. */
static void
compact(char *text)
{
	bool is_string = false;
	char *to = text;

	for (; *text != '\0'; text++) {
		if (!is_string && strchr(" \t\r\n", *text) != NULL)
			continue;
		*to++ = *text;
		if (is_string && *text == '\\' && text[1] != '\0')
			*to++ = *++text;
		else if (*text == '"')
			is_string = !is_string;
	}
	*to = '\0';
}

static struct json_object *
seccomp_option(const char *path, char why[ENGINE_WHY_MAX])
{
	const size_t prefix = strlen(SECCOMP);
	struct json_object *option = NULL;
	char *text = malloc(prefix + PROFILE_MAX);

	if (text == NULL) {
		(void)engine_fail(why, "no memory is left");
	} else if (read_file(path, text + prefix, PROFILE_MAX) == -1) {
		(void)engine_fail(
		    why, "seccomp profile %s: %s", path, strerror(errno));
	} else if (!is_json(text + prefix)) {
		(void)engine_fail(why, "seccomp profile %s is no JSON", path);
	} else {
		memcpy(text, SECCOMP, prefix);
		compact(text + prefix);
		option = json_object_new_string(text);
	}
	free(text);
	return option;
}

struct json_object *
create_value_security(const char *text, char why[ENGINE_WHY_MAX])
{
	(void)engine_fail(why, "--security-opt %s is not known here", text);
	if (strncmp(text, SECCOMP "/", strlen(SECCOMP "/")) == 0)
		return seccomp_option(text + strlen(SECCOMP), why);
	if (strcmp(text, "no-new-privileges:true") == 0 ||
	    strcmp(text, "apparmor=unconfined") == 0)
		return json_object_new_string(text);
	return NULL;
}
