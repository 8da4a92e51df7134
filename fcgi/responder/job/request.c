/* SPDX-License-Identifier: MIT */
/* Owns the bytes of a request: what may be a program, an argument and a file,
 * and how the last two travel. */
#include "responder/job/request.h"

#include <json-c/json.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "common/args_and_files.h"
#include "common/bytes.h"
#include "common/utf8.h"

#define SIZE_MIN 4096

void
request_init(struct request *request)
{
	memset(request, 0, sizeof(*request));
}

void
request_finish(struct request *request)
{
	free(request->code);
	free(request->stdin_data);
	free(request->extras.data);
	request_init(request);
}

int
request_parse(struct body *body, const uint8_t *data, size_t len,
    const struct json_words *words, int (*read)(const struct body *body))
{
	int rc;

	request_init(body->request);
	if (json_read_object(data, len, words, &body->object, body->refusal) ==
	    -1)
		return -1;
	rc = read(body);
	if (rc == -1)
		request_finish(body->request);
	json_object_put(body->object);
	return rc;
}

int
request_take_code(
    const struct body *body, const char *name, struct json_object *value)
{
	struct request *request = body->request;
	size_t code_points;

	if (json_take_string(name, value, &request->code, &request->code_len,
		body->refusal) == -1)
		return -1;
	if (memchr(request->code, '\0', request->code_len) != NULL)
		return refusal_set(body->refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	if (!utf8_check(request->code, request->code_len, &code_points))
		return refusal_set(
		    body->refusal, 400, "\"%s\" must be valid Unicode", name);
	if (code_points > body->limits->code_points_max)
		return refusal_set(body->refusal, 400,
		    "Code too long: %zu characters, the limit is %u",
		    code_points, (unsigned)body->limits->code_points_max);
	return 0;
}

/* --- arguments and files -------------------------------------------------- */

/* Makes room for len more bytes. The body bounds all but the four bytes of
 * length before each string. 0, or -1 with the refusal filled in. */
static int
reserve(struct request_extras *extras, size_t len, struct refusal *refusal)
{
	size_t size = extras->size > 0 ? extras->size : SIZE_MIN;
	uint8_t *data;

	if (len > EXTRAS_BYTES_MAX - extras->len)
		return refusal_set(refusal, 400,
		    "Arguments and files are too long: the limit is %d bytes",
		    EXTRAS_BYTES_MAX);
	while (size - extras->len < len)
		size *= 2;
	if (size == extras->size)
		return 0;
	data = realloc(extras->data, size);
	if (data == NULL)
		return refusal_set_no_memory(refusal);
	extras->data = data;
	extras->size = size;
	return 0;
}

/* Adds a number, and len bytes behind it. */
static int
add(struct request_extras *extras, size_t number, const char *bytes, size_t len,
    struct refusal *refusal)
{
	if (reserve(extras, 4 + len, refusal) == -1)
		return -1;
	bytes_put_u32(extras->data + extras->len, (uint32_t)number);
	memcpy(extras->data + extras->len + 4, bytes, len);
	extras->len += 4 + len;
	return 0;
}

/* Adds a string with its NUL, which its length does not count. */
static int
add_string(
    struct request_extras *extras, const char *string, struct refusal *refusal)
{
	size_t len = strlen(string);

	return add(extras, len, string, len + 1, refusal);
}

static int
add_arg(struct request_extras *extras, struct json_object *arg, size_t index,
    struct refusal *refusal)
{
	if (!json_object_is_type(arg, json_type_string))
		return refusal_set(
		    refusal, 400, "args[%zu] must be a string", index);
	if (json_has_nul(arg))
		return refusal_set(refusal, 400,
		    "args[%zu] must not contain a NUL character", index);
	return add_string(extras, json_object_get_string(arg), refusal);
}

int
request_add_args(struct request *request, const char *script,
    struct json_object *args, struct refusal *refusal)
{
	struct request_extras *extras = &request->extras;
	size_t count = 0;
	size_t i;

	if (args != NULL && !json_object_is_type(args, json_type_array))
		return refusal_set(
		    refusal, 400, "\"args\" must be an array of strings");
	if (args != NULL)
		count = json_object_array_length(args);
	if (count > EXTRAS_ARGS_MAX)
		return refusal_set(refusal, 400,
		    "Too many args: %zu, the limit is %d", count,
		    EXTRAS_ARGS_MAX);
	if (add(extras, count + 1, "", 0, refusal) == -1 ||
	    add_string(extras, script, refusal) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (add_arg(extras, json_object_array_get_idx(args, i), i,
			refusal) == -1)
			return -1;
	}
	if (extras->len > EXTRAS_ARGS_BYTES_MAX)
		return refusal_set(refusal, 400,
		    "args are too long: the limit is %d bytes in all",
		    EXTRAS_ARGS_BYTES_MAX);
	return 0;
}

int
request_add_file_count(
    struct request *request, size_t count, struct refusal *refusal)
{
	if (count > EXTRAS_FILES_MAX)
		return refusal_set(refusal, 400,
		    "Too many files: %zu, the limit is %d", count,
		    EXTRAS_FILES_MAX);
	return add(&request->extras, count, "", 0, refusal);
}

/* Are both the same, or is one the folder of the other? */
static bool
clash(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	size_t len = a_len < b_len ? a_len : b_len;

	if (strncmp(a, b, len) != 0)
		return false;
	return a_len == b_len || a[len] == '/' || b[len] == '/';
}

/* Does the path clash with the program or a file so far? The file that is being
 * added does not count yet. */
static bool
is_taken(const struct request_extras *extras, const char *path)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	struct extras_cursor cursor;
	struct extras_file file;

	(void)extras_argv(extras->data, extras->len, argv);
	if (clash(argv[0], path))
		return true;
	extras_files(&cursor, extras->data, extras->len);
	while (extras_next(&cursor, &file)) {
		if (clash(file.path, path))
			return true;
	}
	return false;
}

/* How many bytes, or -1. */
static int
decode_hex(const char *text, size_t len, uint8_t *out)
{
	size_t i;

	if (len % 2 != 0)
		return -1;
	for (i = 0; i < len; i += 2) {
		int high = hex_value(text[i]);
		int low = hex_value(text[i + 1]);

		if (high == -1 || low == -1)
			return -1;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(len / 2);
}

/* Decodes into out, which has room for as many bytes as the text has. Returns
 * how many bytes, or -1. */
static int
decode(const struct request_file *file, uint8_t *out, size_t room)
{
	const char *text = json_object_get_string(file->content);
	size_t len = (size_t)json_object_get_string_len(file->content);

	if (strcmp(file->encoding, "utf8") == 0) {
		memcpy(out, text, len);
		return (int)len;
	}
	if (strlen(text) != len)
		return -1;
	if (strcmp(file->encoding, "hex") == 0)
		return decode_hex(text, len, out);
	return b64_pton(text, out, room);
}

int
request_refuse_path(struct refusal *refusal)
{
	return refusal_set(refusal, 400,
	    "A file's name must be a relative path without . and .., "
	    "of %d components at the most",
	    EXTRAS_DEPTH_MAX);
}

int
request_add_file(struct request *request, const struct request_file *file,
    const struct request_limits *limits, struct refusal *refusal)
{
	struct request_extras *extras = &request->extras;
	size_t len = (size_t)json_object_get_string_len(file->content);
	uint8_t *at;
	int n;

	if (!extras_path_is_safe(file->path))
		return request_refuse_path(refusal);
	if (is_taken(extras, file->path))
		return refusal_set(refusal, 400,
		    "Two files have the same name, or one that is the other's "
		    "folder");
	if (add_string(extras, file->path, refusal) == -1)
		return -1;
	if (reserve(extras, 4 + len + 1, refusal) == -1)
		return -1;
	at = extras->data + extras->len;
	n = decode(file, at + 4, len + 1);
	if (n == -1)
		return refusal_set(refusal, 400,
		    "A file's content is not valid %s", file->encoding);
	bytes_put_u32(at, (uint32_t)n);
	extras->len += 4 + (size_t)n;
	request->files_len += (size_t)n;
	if (request->files_len > limits->files_bytes_max)
		return refusal_set(refusal, 400,
		    "Files too long: the limit is %u bytes in all",
		    (unsigned)limits->files_bytes_max);
	return 0;
}
