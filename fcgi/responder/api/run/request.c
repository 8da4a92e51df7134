/* SPDX-License-Identifier: MIT */
/* Owns what a body of /run may ask for: JSON in, a request or a refusal out. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "common/args_and_files.h"
#include "responder/api/run/body.h"

#define FILES_TYPE "\"files\" must be an array of objects such as " FILE_EXAMPLE
#define FILE_EXAMPLE "{\"name\": \"a.txt\", \"content\": \"...\"}"

static int
read_code(const struct body *body)
{
	struct json_object *value;

	if (!json_object_object_get_ex(body->object, "code", &value))
		return refusal_set(body->refusal, 400,
		    "Member \"code\" missing: send " RUN_EXAMPLE);
	if (json_object_is_type(value, json_type_string) &&
	    json_object_get_string_len(value) == 0)
		return refusal_set(
		    body->refusal, 400, "\"code\" must not be empty");
	return request_take_code(body, "code", value);
}

static int
read_stdin(const struct body *body)
{
	struct request *request = body->request;
	struct json_object *value;

	if (!json_object_object_get_ex(body->object, "stdin", &value))
		return 0;
	return json_take_string("stdin", value, &request->stdin_data,
	    &request->stdin_len, body->refusal);
}

/* --- the language, and the limits that its row has a say in --------------- */

static int
choose_language(const struct body *body)
{
	const struct languages *languages = body->limits->languages;
	char shown[2][JSON_SHOWN_BYTES];
	const char *language;
	const char *version;

	if (json_read_name(
		body->object, "language", &language, body->refusal) == -1 ||
	    json_read_name(body->object, "version", &version, body->refusal) ==
		-1)
		return -1;
	if (language == NULL)
		language = languages->rows[0].name;
	body->request->language = language_find(languages, language, version);
	if (body->request->language != NULL)
		return 0;
	json_show(shown[0], language);
	json_show(shown[1], version != NULL ? version : "*");
	return refusal_set(body->refusal, 400,
	    "There is no \"%s\" in version \"%s\": use %s %s", shown[0],
	    shown[1], languages->rows[0].name, languages->rows[0].version);
}

static int
read_timeout(const struct body *body)
{
	const struct language *language = body->request->language;
	const double min_s = WALL_MS_MIN / 1000.0;
	const double max_s = language->wall_max_ms / 1000.0;
	struct json_object *value;
	double timeout_s;

	body->request->wall_limit_ms = language->wall_default_ms;
	if (!json_object_object_get_ex(body->object, "timeout", &value))
		return 0;
	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return refusal_set(body->refusal, 400,
		    "\"timeout\" must be a number of seconds");
	timeout_s = json_object_get_double(value);
	/* Written so that NaN is out of range too. */
	if (!(timeout_s >= min_s && timeout_s <= max_s))
		return refusal_set(body->refusal, 400,
		    "timeout must be between %g and %g seconds", min_s, max_s);
	body->request->wall_limit_ms = (uint32_t)(timeout_s * 1000 + 0.5);
	return 0;
}

static int
read_memory(const struct body *body)
{
	const uint64_t max = body->request->language->memory_bytes;
	struct json_object *value;
	int64_t bytes;

	if (!json_object_object_get_ex(body->object, "memory", &value))
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return refusal_set(
		    body->refusal, 400, "\"memory\" must be a number of bytes");
	bytes = json_object_get_int64(value);
	if (bytes < MEMORY_BYTES_MIN || (uint64_t)bytes > max)
		return refusal_set(body->refusal, 400,
		    "memory must be between %d and %" PRIu64 " bytes",
		    MEMORY_BYTES_MIN, max);
	body->request->memory_bytes = (uint64_t)bytes;
	return 0;
}

/* --- arguments and files -------------------------------------------------- */

static int
read_return_files(const struct body *body)
{
	struct json_object *value;

	if (!json_object_object_get_ex(body->object, "return_files", &value))
		return 0;
	if (!json_object_is_type(value, json_type_boolean))
		return refusal_set(body->refusal, 400,
		    "\"return_files\" must be true or false");
	body->request->returns_files = json_object_get_boolean(value);
	return 0;
}

static int
check_encoding(const char *encoding, struct refusal *refusal)
{
	if (strcmp(encoding, "utf8") == 0 || strcmp(encoding, "base64") == 0 ||
	    strcmp(encoding, "hex") == 0)
		return 0;
	return refusal_set(
	    refusal, 400, "A file's encoding must be utf8, base64 or hex");
}

static int
read_file(const struct body *body, struct json_object *object)
{
	static const char *const members[] = { "name", "content", "encoding",
		NULL };
	struct refusal *refusal = body->refusal;
	struct request_file file;

	if (!json_object_is_type(object, json_type_object))
		return refusal_set(refusal, 400, FILES_TYPE);
	if (json_check_names(object, members,
		"a file has name, content and encoding", refusal) == -1 ||
	    json_read_name(object, "name", &file.path, refusal) == -1 ||
	    json_read_name(object, "encoding", &file.encoding, refusal) == -1)
		return -1;
	if (file.path == NULL ||
	    !json_object_object_get_ex(object, "content", &file.content))
		return refusal_set(refusal, 400,
		    "A file needs a name and a content, as in " FILE_EXAMPLE);
	if (!json_object_is_type(file.content, json_type_string))
		return refusal_set(
		    refusal, 400, "A file's content must be a string");
	if (file.encoding == NULL)
		file.encoding = "utf8";
	if (check_encoding(file.encoding, refusal) == -1)
		return -1;
	return request_add_file(
	    body->request, &file, body->limits, body->refusal);
}

/* files: NULL if there are none. */
static int
read_files(const struct body *body, struct json_object *files)
{
	size_t count = 0;
	size_t i;

	if (files != NULL && !json_object_is_type(files, json_type_array))
		return refusal_set(body->refusal, 400, FILES_TYPE);
	if (files != NULL)
		count = json_object_array_length(files);
	if (request_add_file_count(body->request, count, body->refusal) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (read_file(body, json_object_array_get_idx(files, i)) == -1)
			return -1;
	}
	return 0;
}

static int
read_args_and_files(const struct body *body)
{
	struct json_object *args = NULL;
	struct json_object *files = NULL;
	bool has_args = json_object_object_get_ex(body->object, "args", &args);
	bool has_files = json_object_object_get_ex(
	    body->object, "files", &files);
	const char *script = body->request->language->file;

	/* A job without extras is a program of that name. */
	if (!has_args && !has_files && strcmp(script, EXTRAS_SCRIPT) == 0)
		return 0;
	if (has_args && args == NULL)
		return refusal_set(
		    body->refusal, 400, "\"args\" must be an array of strings");
	if (has_files && files == NULL)
		return refusal_set(body->refusal, 400, FILES_TYPE);
	if (request_add_args(body->request, script, args, body->refusal) == -1)
		return -1;
	return read_files(body, files);
}

/* --- the whole ------------------------------------------------------------ */

int
run_read_members(const struct body *body)
{
	static const char *const members[] = { "code", "stdin", "timeout",
		"memory", "args", "files", "return_files", "language",
		"version", NULL };

	if (json_check_names(
		body->object, members, RUN_MEMBERS, body->refusal) == -1 ||
	    read_code(body) == -1 || read_stdin(body) == -1 ||
	    choose_language(body) == -1 || read_timeout(body) == -1 ||
	    read_memory(body) == -1 || read_return_files(body) == -1)
		return -1;
	return read_args_and_files(body);
}
