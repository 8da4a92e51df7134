/* SPDX-License-Identifier: MIT */
/* Numbers, limits and mounts from words to JSON; pure. */
#include "engine/create_value.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define NANO_DIGITS 9
#define PATH_LEN_MAX 4096

/* Digits alone: none of strtoll's blanks and signs. */
static int
parse_digits(const char *text, size_t len, int64_t *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < len; i++) {
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, text[i] - '0', number))
			return -1;
	}
	return len > 0 ? 0 : -1;
}

int
create_value_size(const char *text, int64_t *bytes)
{
	static const char units[] = "kmg";
	size_t len = strspn(text, DIGITS);
	const char *unit;
	int shift = 0;

	if (parse_digits(text, len, bytes) == -1)
		return -1;
	if (text[len] != '\0') {
		unit = strchr(units, text[len] | 0x20);
		if (unit == NULL || text[len + 1] != '\0')
			return -1;
		shift = 10 * (int)(unit - units + 1);
	}
	return __builtin_mul_overflow(*bytes, (int64_t)1 << shift, bytes) ? -1
									  : 0;
}

int
create_value_cpus(const char *text, int64_t *nano)
{
	size_t whole = strspn(text, DIGITS);
	const char *part = text + whole + (text[whole] == '.');
	size_t places = strspn(part, DIGITS);
	int64_t fraction = 0;
	size_t i;

	if (places > NANO_DIGITS || part[places] != '\0' ||
	    parse_digits(text, whole, nano) == -1 ||
	    (places > 0 && parse_digits(part, places, &fraction) == -1))
		return -1;
	for (i = 0; i < NANO_DIGITS; i++) {
		if (__builtin_mul_overflow(*nano, 10, nano))
			return -1;
		fraction *= i >= places ? 10 : 1;
	}
	return __builtin_add_overflow(*nano, fraction, nano) ? -1 : 0;
}

int
create_value_integer(
    const char *text, int64_t min, int64_t max, int64_t *number)
{
	bool is_negative = text[0] == '-';
	const char *digits = text + is_negative;

	if (digits[strspn(digits, DIGITS)] != '\0' ||
	    parse_digits(digits, strlen(digits), number) == -1)
		return -1;
	if (is_negative)
		*number = -*number;
	return *number >= min && *number <= max ? 0 : -1;
}

int
create_value_put(
    struct json_object *object, const char *key, struct json_object *value)
{
	if (value != NULL && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -1;
}

/* A name, and numbers: what there is of them in one object, or NULL. */
static struct json_object *
make_ulimit(const char *name, size_t len, int64_t soft, int64_t hard)
{
	struct json_object *limit = json_object_new_object();

	if (limit == NULL)
		return NULL;
	if (create_value_put(limit, "Name",
		json_object_new_string_len(name, (int)len)) == 0 &&
	    create_value_put(limit, "Hard", json_object_new_int64(hard)) == 0 &&
	    create_value_put(limit, "Soft", json_object_new_int64(soft)) == 0)
		return limit;
	json_object_put(limit);
	return NULL;
}

struct json_object *
create_value_ulimit(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	const char *soft_text = text + len + 1;
	int64_t soft;
	int64_t hard;
	size_t n;

	if (len < 1 || text[len] != '=')
		return NULL;
	n = strspn(soft_text, DIGITS);
	if (soft_text[n] != ':' || parse_digits(soft_text, n, &soft) == -1 ||
	    create_value_integer(soft_text + n + 1, 0, INT64_MAX, &hard) ==
		-1 ||
	    soft > hard)
		return NULL;
	return make_ulimit(text, len, soft, hard);
}

/* One of a mount's fields: for a path its key and, behind the =, its text. */
static const char *
mount_key(const char *field, const char **path)
{
	static const struct {
		const char *field;
		const char *key;
	} names[] = { { "src=", "Source" }, { "dst=", "Target" } };
	size_t i;

	for (i = 0; i < 2; i++) {
		*path = field + strlen(names[i].field);
		if (strncmp(field, names[i].field, strlen(names[i].field)) ==
			0 &&
		    (*path)[0] == '/')
			return names[i].key;
	}
	return NULL;
}

static int
put_mount_field(struct json_object *mount, const char *field)
{
	const char *path;
	const char *key = mount_key(field, &path);

	if (strcmp(field, "type=bind") == 0)
		return create_value_put(
		    mount, "Type", json_object_new_string("bind"));
	if (strcmp(field, "readonly") == 0)
		return create_value_put(
		    mount, "ReadOnly", json_object_new_boolean(true));
	if (key == NULL)
		return -1;
	return create_value_put(mount, key, json_object_new_string(path));
}

/* Docker reads it as CSV, where quotes would mean something. Whatever is
 * mounted is read-only, and all four fields are there. */
struct json_object *
create_value_mount(const char *text)
{
	struct json_object *mount = json_object_new_object();
	char copy[2 * PATH_LEN_MAX];
	size_t len = strlen(text);
	char *rest = copy;
	char *field;

	if (mount == NULL || len >= sizeof(copy) || strchr(text, '"') != NULL)
		goto fail;
	memcpy(copy, text, len + 1);
	while ((field = strsep(&rest, ",")) != NULL) {
		if (put_mount_field(mount, field) == -1)
			goto fail;
	}
	if (json_object_object_length(mount) == 4)
		return mount;
fail:
	json_object_put(mount);
	return NULL;
}
