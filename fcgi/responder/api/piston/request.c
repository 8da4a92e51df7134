/* SPDX-License-Identifier: MIT */
/*
 * Owns what a body of Piston's API may ask for. Its checks come in the order
 * of Piston's own, with its sentences; then those that Piston does not make.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args_and_files.h"
#include "responder/api/piston/piston.h"

/* JavaScript takes it for nothing, and Piston for "as usual". */
static bool
is_nothing(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return !json_object_get_boolean(value);
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string_len(value) == 0;
	return json_object_is_type(value, json_type_null);
}

/* NULL unless it is a string with something in it. */
static const char *
string_member(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) &&
		       !is_nothing(value)
		   ? json_object_get_string(value)
		   : NULL;
}

/* --- limits --------------------------------------------------------------- */

/*
 * Reads one limit, in the unit of max. max 0: there is nothing to limit, and
 * the value becomes 0. *value stays as it is when the limit is missing or -1.
 */
static int
read_limit(
    const struct body *body, const char *name, uint64_t max, uint64_t *value)
{
	struct json_object *member = json_object_object_get(body->object, name);
	struct refusal *refusal = body->refusal;
	double number;

	if (is_nothing(member))
		return 0;
	if (!json_object_is_type(member, json_type_int) &&
	    !json_object_is_type(member, json_type_double))
		return refusal_set(
		    refusal, 400, "If specified, %s must be a number", name);
	number = json_object_get_double(member);
	if (number == -1)
		return 0;
	if (max > 0 && number > (double)max)
		return refusal_set(refusal, 400,
		    "%s cannot exceed the configured limit of %" PRIu64, name,
		    max);
	if (number < 0)
		return refusal_set(
		    refusal, 400, "%s must be non-negative", name);
	/* Written so that NaN is refused, too. */
	if (!(number >= 1))
		return refusal_set(refusal, 400, "%s must be at least 1", name);
	*value = max > 0 ? (uint64_t)number : 0;
	return 0;
}

static int
check_memory(const char *name, uint64_t bytes, struct refusal *refusal)
{
	if (bytes == 0 || bytes >= MEMORY_BYTES_MIN)
		return 0;
	return refusal_set(
	    refusal, 400, "%s must be at least %d", name, MEMORY_BYTES_MIN);
}

/* The compiler and the program share a sandbox, which has one limit: neither
 * gets more than its own. 0: no limit of its own. */
static uint64_t
smaller(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

/* Reads memory, time and CPU time in Piston's order, the compiler's first. The
 * limits of a compiler that does not exist only have to be numbers. */
static int
read_limits(const struct body *body)
{
	struct request *request = body->request;
	const struct language *language = request->language;
	const uint64_t memory_max = language->memory_bytes;
	const uint64_t wall_max = language->wall_max_ms;
	const bool compiles = language->compiles;
	uint64_t wall_ms = language->wall_default_ms;
	uint64_t compile_wall_ms = compiles ? wall_ms : 0;
	uint64_t memory = 0;
	uint64_t compile_memory = 0;
	uint64_t cpu_ms = 0;
	uint64_t unused = 0;
	const struct {
		const char *name;
		uint64_t max;
		uint64_t *value;
	} all[] = {
		{ "compile_memory_limit", compiles ? memory_max : 0,
		    &compile_memory },
		{ "run_memory_limit", memory_max, &memory },
		{ "compile_timeout", compiles ? wall_max : 0,
		    &compile_wall_ms },
		{ "run_timeout", wall_max, &wall_ms },
		{ "compile_cpu_time", 0, &unused },
		{ "run_cpu_time", wall_max, &cpu_ms },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (read_limit(body, all[i].name, all[i].max, all[i].value) ==
		    -1)
			return -1;
	}
	if (check_memory(
		"compile_memory_limit", compile_memory, body->refusal) == -1 ||
	    check_memory("run_memory_limit", memory, body->refusal) == -1)
		return -1;
	request->wall_limit_ms = (uint32_t)wall_ms;
	request->compile_wall_limit_ms = (uint32_t)compile_wall_ms;
	request->memory_bytes = smaller(memory, compile_memory);
	request->cpu_limit_ms = (uint32_t)cpu_ms;
	return 0;
}

/* --- the program and its files ---------------------------------------------
 */

/* An array of objects with a content each. */
static int
read_array(const struct body *body, struct json_object **files)
{
	struct json_object *file;
	size_t i;

	*files = json_object_object_get(body->object, "files");
	if (!json_object_is_type(*files, json_type_array))
		return refusal_set(
		    body->refusal, 400, "files is required as an array");
	for (i = 0; i < json_object_array_length(*files); i++) {
		file = json_object_array_get_idx(*files, i);
		if (!json_object_is_type(
			json_object_object_get(file, "content"),
			json_type_string))
			return refusal_set(body->refusal, 400,
			    "files[%zu].content is required as a string", i);
	}
	return 0;
}

static bool
is_text(struct json_object *file)
{
	struct json_object *encoding = json_object_object_get(file, "encoding");

	return is_nothing(encoding) ||
	       strcmp(json_object_get_string(encoding), "utf8") == 0;
}

/* The first file that is text is the program. NULL: there is none. */
static struct json_object *
find_main(struct json_object *files, struct refusal *refusal)
{
	struct json_object *file;
	size_t i;

	for (i = 0; i < json_object_array_length(files); i++) {
		file = json_object_array_get_idx(files, i);
		if (is_text(file))
			return file;
	}
	(void)refusal_set(
	    refusal, 400, "files must include at least one utf8 encoded file");
	return NULL;
}

/* Piston's programs are promised a newline at the end, even of nothing. */
static int
read_stdin(const struct body *body)
{
	struct json_object *value = json_object_object_get(
	    body->object, "stdin");
	struct request *request = body->request;
	uint8_t *data;

	if (value != NULL &&
	    json_take_string("stdin", value, &request->stdin_data,
		&request->stdin_len, body->refusal) == -1)
		return -1;
	if (request->stdin_len > 0 &&
	    request->stdin_data[request->stdin_len - 1] == '\n')
		return 0;
	/* The newline takes the place of the NUL, and a new NUL follows. */
	data = realloc(request->stdin_data, request->stdin_len + 2);
	if (data == NULL)
		return refusal_set_no_memory(body->refusal);
	request->stdin_data = data;
	data[request->stdin_len++] = '\n';
	data[request->stdin_len] = '\0';
	return 0;
}

/* All that follows takes a string to end at its first NUL. */
static bool
has_nul(struct json_object *file, const char *name)
{
	struct json_object *value = json_object_object_get(file, name);

	return json_object_is_type(value, json_type_string) &&
	       json_has_nul(value);
}

static int
read_file(const struct body *body, struct json_object *object, size_t index)
{
	struct request_file file = {
		.path = string_member(object, "name"),
		.content = json_object_object_get(object, "content"),
		.encoding = string_member(object, "encoding"),
	};
	char name[sizeof("file18446744073709551615.code")];

	if (has_nul(object, "name"))
		return request_refuse_path(body->refusal);
	/* Piston's name for a file without one. */
	(void)snprintf(name, sizeof(name), "file%zu.code", index);
	if (file.path == NULL)
		file.path = name;
	/* Any other encoding is UTF-8 for Piston. */
	if (file.encoding == NULL || (strcmp(file.encoding, "base64") != 0 &&
					 strcmp(file.encoding, "hex") != 0))
		file.encoding = "utf8";
	return request_add_file(
	    body->request, &file, body->limits, body->refusal);
}

static int
read_files(const struct body *body, struct json_object *files,
    struct json_object *main_file)
{
	size_t count = json_object_array_length(files);
	struct json_object *file;
	size_t i;

	if (request_add_file_count(body->request, count - 1, body->refusal) ==
	    -1)
		return -1;
	for (i = 0; i < count; i++) {
		file = json_object_array_get_idx(files, i);
		if (file != main_file && read_file(body, file, i) == -1)
			return -1;
	}
	return 0;
}

/* A program without a name gets the language's, for which an interpreter may
 * wait. */
static int
read_main(const struct body *body, struct json_object *file)
{
	const char *name = string_member(file, "name");

	if (name == NULL)
		name = body->request->language->file;
	if (has_nul(file, "name") || !extras_path_is_safe(name))
		return request_refuse_path(body->refusal);
	if (request_take_code(
		body, "code", json_object_object_get(file, "content")) == -1)
		return -1;
	if (body->request->code_len == 0)
		return refusal_set(
		    body->refusal, 400, "the first file must not be empty");
	return request_add_args(body->request, name,
	    json_object_object_get(body->object, "args"), body->refusal);
}

static int
refuse_language(
    const char *language, const char *version, struct refusal *refusal)
{
	char shown[2][JSON_SHOWN_BYTES];

	json_show(shown[0], language);
	json_show(shown[1], version);
	return refusal_set(
	    refusal, 400, "%s-%s runtime is unknown", shown[0], shown[1]);
}

int
piston_read_members(const struct body *body)
{
	const char *language = string_member(body->object, "language");
	const char *version = string_member(body->object, "version");
	struct json_object *files;
	struct json_object *file;

	if (language == NULL)
		return refusal_set(
		    body->refusal, 400, "language is required as a string");
	if (version == NULL)
		return refusal_set(
		    body->refusal, 400, "version is required as a string");
	if (read_array(body, &files) == -1)
		return -1;
	body->request->language = language_find(
	    body->limits->languages, language, version);
	if (body->request->language == NULL)
		return refuse_language(language, version, body->refusal);
	file = find_main(files, body->refusal);
	if (file == NULL || read_limits(body) == -1 ||
	    read_main(body, file) == -1 || read_files(body, files, file) == -1)
		return -1;
	return read_stdin(body);
}
