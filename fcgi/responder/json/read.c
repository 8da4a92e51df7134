/* SPDX-License-Identifier: MIT */
/*
 * Owns the reading of JSON. json-c gets only text that json_check has passed.
 */
#include "responder/json/read.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/limits.h"
#include "common/utf8.h"
#include "responder/json/check.h"

/* json_check has passed it, so that some byte is not white space. */
static bool
is_object(const uint8_t *json)
{
	return json[strspn((const char *)json, " \t\n\r")] == '{';
}

static int
refuse_syntax(const struct json_words *words, struct refusal *refusal)
{
	return refusal_set(
	    refusal, 400, "Body is not valid JSON: send %s", words->example);
}

static int
check_json(const uint8_t *body, size_t body_len, const struct json_words *words,
    struct refusal *refusal)
{
	switch (json_check(body, body_len)) {
	case JSON_CHECK_OK:
		if (is_object(body))
			return 0;
		return refusal_set(
		    refusal, 400, "Body must be %s", words->example);
	case JSON_CHECK_UTF8:
		return refusal_set(refusal, 400,
		    "Body is not UTF-8: send JSON in UTF-8 without a byte "
		    "order mark");
	case JSON_CHECK_CONTROL:
		return refusal_set(refusal, 400,
		    "Control character in the JSON: escape it, a newline as "
		    "\\n, others as \\u0000 to \\u001f");
	case JSON_CHECK_SURROGATE:
		return refusal_set(refusal, 400,
		    "Lone surrogate in the JSON: write \\ud800 to \\udfff "
		    "in pairs only");
	case JSON_CHECK_NAME:
		return refusal_set(refusal, 400,
		    "Unknown member with \\u0000 in its name: %s",
		    words->members);
	case JSON_CHECK_DEPTH:
		return refusal_set(refusal, 400,
		    "JSON nested deeper than %d levels: send %s",
		    JSON_DEPTH_MAX, words->example);
	case JSON_CHECK_SYNTAX:
		break;
	}
	return refuse_syntax(words, refusal);
}

int
json_read_object(const uint8_t *body, size_t body_len,
    const struct json_words *words, struct json_object **object,
    struct refusal *refusal)
{
	struct json_tokener *tokener;
	enum json_tokener_error error;

	if (body_len > BODY_BYTES_MAX) /* json-c counts in int */
		return refusal_set(refusal, 413, "Request body too long");
	if (check_json(body, body_len, words, refusal) == -1)
		return -1;
	/* json-c counts the value in the innermost level as one more. */
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	if (tokener == NULL)
		return refusal_set_no_memory(refusal);
	/* json-c 0.18 in strict mode refuses every byte above 0x7f (its issue
	 * 875). */
	if (json_c_version_num() >> 8 != 18)
		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	*object = json_tokener_parse_ex(
	    tokener, (const char *)body, (int)body_len);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (*object != NULL)
		return 0;
	if (error == json_tokener_success)
		return refusal_set_no_memory(refusal);
	return refuse_syntax(words, refusal);
}

/* One byte of a name as JSON has it. A NUL follows. Returns the length. */
static size_t
escape_byte(char out[sizeof("\\u001f")], unsigned char byte)
{
	int len;

	if (byte < 0x20 || byte == 0x7f)
		len = snprintf(out, sizeof("\\u001f"), "\\u%04x", byte);
	else if (byte == '"' || byte == '\\')
		len = snprintf(out, sizeof("\\\\"), "\\%c", byte);
	else
		len = snprintf(out, sizeof("x"), "%c", byte);
	return (size_t)len;
}

/* A name cut short ends at the edge of a character and in three dots. */
void
json_show(char out[JSON_SHOWN_BYTES], const char *name)
{
	const size_t len_max = JSON_SHOWN_BYTES - sizeof("\\u001f...");
	size_t len = 0;

	out[0] = '\0';
	for (; *name != '\0' && len <= len_max; name++)
		len += escape_byte(out + len, (unsigned char)*name);
	if (*name == '\0')
		return;
	while (!utf8_check((const uint8_t *)out, len, NULL))
		len--;
	memcpy(out + len, "...", sizeof("..."));
}

static bool
is_known(const char *name, const char *const *known)
{
	for (; *known != NULL; known++) {
		if (strcmp(name, *known) == 0)
			return true;
	}
	return false;
}

int
json_check_names(struct json_object *object, const char *const *known,
    const char *advice, struct refusal *refusal)
{
	char shown[JSON_SHOWN_BYTES];

	json_object_object_foreach(object, name, value)
	{
		(void)value;
		if (is_known(name, known))
			continue;
		json_show(shown, name);
		return refusal_set(
		    refusal, 400, "Unknown member \"%s\": %s", shown, advice);
	}
	return 0;
}

int
json_take_string(const char *name, struct json_object *value, uint8_t **data,
    size_t *len, struct refusal *refusal)
{
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*len = (size_t)json_object_get_string_len(value);
	*data = malloc(*len + 1);
	if (*data == NULL)
		return refusal_set_no_memory(refusal);
	memcpy(*data, json_object_get_string(value), *len);
	(*data)[*len] = '\0';
	return 0;
}

bool
json_has_nul(struct json_object *string)
{
	return strlen(json_object_get_string(string)) !=
	       (size_t)json_object_get_string_len(string);
}

int
json_read_name(struct json_object *object, const char *name,
    const char **string, struct refusal *refusal)
{
	struct json_object *value;

	*string = NULL;
	if (!json_object_object_get_ex(object, name, &value))
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return refusal_set(
		    refusal, 400, "\"%s\" must be a string", name);
	*string = json_object_get_string(value);
	if (json_has_nul(value))
		return refusal_set(refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	return 0;
}
