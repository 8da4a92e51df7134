/* SPDX-License-Identifier: MIT */
#include "responder/json/member.h"

#include <json-c/json.h>

int
json_member_add(
    struct json_object *object, const char *name, struct json_object *value)
{
	if (value == NULL)
		return -1;
	if (json_object_object_add(object, name, value) == -1) {
		json_object_put(value);
		return -1;
	}
	return 0;
}

int
json_member_add_string(
    struct json_object *object, const char *name, const char *value)
{
	return json_member_add(object, name, json_object_new_string(value));
}

int
json_member_add_text(
    struct json_object *object, const char *name, const struct text *text)
{
	const char *data = text->len > 0 ? text->data : "";

	return json_member_add(
	    object, name, json_object_new_string_len(data, (int)text->len));
}

int
json_member_add_number(
    struct json_object *object, const char *name, int64_t value)
{
	return json_member_add(object, name, json_object_new_int64(value));
}

/* json-c's null is NULL. */
int
json_member_add_null(struct json_object *object, const char *name)
{
	return json_object_object_add(object, name, NULL);
}

int
json_array_add(struct json_object *array, struct json_object *value)
{
	if (value == NULL)
		return -1;
	if (json_object_array_add(array, value) == -1) {
		json_object_put(value);
		return -1;
	}
	return 0;
}

int
json_array_add_string(struct json_object *array, const char *value)
{
	return json_array_add(array, json_object_new_string(value));
}
