/* SPDX-License-Identifier: MIT */
/* Reads the Engine's answers, and prints nothing of them unchecked. */
#include "engine/answer.h"

#include <json-c/json.h>
#include <string.h>

/* A container in a list has four levels, an image has five. */
#define DEPTH_MAX 16

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
