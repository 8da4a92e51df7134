/* SPDX-License-Identifier: MIT */
/*
 * Owns what a body of Piston's API may ask for. Its checks come in the order
 * of Piston's own, with its sentences; then those that Piston does not make.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/args_and_files.h"
#include "responder/api/piston/limits.h"
#include "responder/api/piston/piston.h"
#include "responder/job/args_and_files.h"
#include "responder/json/read.h"

static const struct request_words words = {
	"an object such as {\"language\": \"python\", \"version\": \"*\", "
	"\"files\": [{\"content\": \"print(1)\"}]}",
	"use language, version, files, stdin and args",
};

int
piston_check_head(const char *method, const char *content_type,
    const char *content_length, const struct request_limits *limits,
    size_t *body_len, struct refusal *refusal)
{
	static const char text_type[] = "text/plain";
	int rc;

	/* Clients that set no type: fetch says this for a string. */
	if (limits->takes_text && content_type != NULL &&
	    strncasecmp(content_type, text_type, sizeof(text_type) - 1) == 0)
		content_type = "application/json";
	rc = request_check_head(
	    method, content_type, content_length, limits, body_len, refusal);
	if (rc == -1 && refusal->http_status == 415)
		(void)refusal_set(
		    refusal, 415, "requests must be of type application/json");
	return rc;
}

/* NULL unless it is a string with something in it. */
static const char *
string_member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_string) ||
	    json_object_get_string_len(value) == 0)
		return NULL;
	return json_object_get_string(value);
}

static int
check_files(struct json_object *object, struct json_object **files,
    struct refusal *refusal)
{
	struct json_object *content;
	size_t i;

	if (!json_object_object_get_ex(object, "files", files) ||
	    !json_object_is_type(*files, json_type_array))
		return refusal_set(
		    refusal, 400, "files is required as an array");
	for (i = 0; i < json_object_array_length(*files); i++) {
		if (!json_object_object_get_ex(
			json_object_array_get_idx(*files, i), "content",
			&content) ||
		    !json_object_is_type(content, json_type_string))
			return refusal_set(refusal, 400,
			    "files[%zu].content is required as a string", i);
	}
	return 0;
}

static bool
is_text(struct json_object *file)
{
	struct json_object *encoding;

	return !json_object_object_get_ex(file, "encoding", &encoding) ||
	       piston_is_nothing(encoding) ||
	       strcmp(json_object_get_string(encoding), "utf8") == 0;
}

/* The first that is text is what runs. NULL: there is none. */
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

/* Its programs are promised a newline at the end, even of nothing. */
static int
read_stdin(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	struct json_object *value;
	uint8_t *data;

	if (!json_object_object_get_ex(object, "stdin", &value) ||
	    json_object_is_type(value, json_type_null))
		value = NULL;
	if (value != NULL &&
	    request_take_string("stdin", value, &request->stdin_data,
		&request->stdin_len, refusal) == -1)
		return -1;
	if (request->stdin_len > 0 &&
	    request->stdin_data[request->stdin_len - 1] == '\n')
		return 0;
	/* In the place of the NUL, with a new one behind it. */
	data = realloc(request->stdin_data, request->stdin_len + 2);
	if (data == NULL)
		return request_json_no_memory(refusal);
	request->stdin_data = data;
	data[request->stdin_len++] = '\n';
	data[request->stdin_len] = '\0';
	return 0;
}

/* NULL for what Piston would not look at. */
static struct json_object *
member_or_null(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(object, name, &value);
	return value;
}

/* A string ends at its first NUL for all that follows. */
static bool
has_nul(struct json_object *object, const char *name)
{
	struct json_object *value = member_or_null(object, name);

	return json_object_is_type(value, json_type_string) &&
	       strlen(json_object_get_string(value)) !=
		   (size_t)json_object_get_string_len(value);
}

static int
refuse_name(struct refusal *refusal)
{
	return refusal_set(refusal, 400,
	    "A file's name must be a relative path without . and .., of %d "
	    "components at the most",
	    EXTRAS_DEPTH_MAX);
}

/* What Piston calls it that has no name. */
#define NAME_BYTES sizeof("file18446744073709551615.code")

static int
read_file(struct json_object *object, size_t index,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	struct request_file file = { .encoding = string_member(
					 object, "encoding") };
	char name[NAME_BYTES];

	(void)snprintf(name, sizeof(name), "file%zu.code", index);
	file.path = string_member(object, "name");
	if (has_nul(object, "name"))
		return refuse_name(refusal);
	if (file.path == NULL)
		file.path = name;
	file.content = member_or_null(object, "content");
	/* Whatever else it is, Piston takes it for this. */
	if (file.encoding == NULL || (strcmp(file.encoding, "base64") != 0 &&
					 strcmp(file.encoding, "hex") != 0))
		file.encoding = "utf8";
	return request_add_file(request, &file, limits, refusal);
}

static int
read_files(struct json_object *files, struct json_object *main_file,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	size_t count = json_object_array_length(files);
	struct json_object *file;
	size_t i;

	if (request_add_file_count(request, count - 1, refusal) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		file = json_object_array_get_idx(files, i);
		if (file != main_file &&
		    read_file(file, i, limits, request, refusal) == -1)
			return -1;
	}
	return 0;
}

/* One without a name gets the runtime's, for which an interpreter may wait. */
static int
read_main(struct json_object *file, struct json_object *args,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	const char *name = string_member(file, "name");

	if (name == NULL)
		name = request->runtime->file;
	if (has_nul(file, "name") || !extras_path_is_safe(name))
		return refuse_name(refusal);
	if (request_take_code(member_or_null(file, "content"), "code", limits,
		request, refusal) == -1)
		return -1;
	if (request->code_len == 0)
		return refusal_set(
		    refusal, 400, "the first file must not be empty");
	return request_add_args(request, name, args, refusal);
}

static int
refuse_runtime(
    const char *language, const char *version, struct refusal *refusal)
{
	char shown[2][REQUEST_SHOWN_BYTES];

	request_show(shown[0], language);
	request_show(shown[1], version);
	return refusal_set(
	    refusal, 400, "%s-%s runtime is unknown", shown[0], shown[1]);
}

static int
read_members(struct json_object *object, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	const char *language = string_member(object, "language");
	const char *version = string_member(object, "version");
	struct json_object *files;
	struct json_object *file;

	if (language == NULL)
		return refusal_set(
		    refusal, 400, "language is required as a string");
	if (version == NULL)
		return refusal_set(
		    refusal, 400, "version is required as a string");
	if (check_files(object, &files, refusal) == -1)
		return -1;
	request->runtime = runtime_find(limits->runtimes, language, version);
	if (request->runtime == NULL)
		return refuse_runtime(language, version, refusal);
	file = find_main(files, refusal);
	if (file == NULL ||
	    piston_read_limits(object, request, refusal) == -1 ||
	    read_main(file, member_or_null(object, "args"), limits, request,
		refusal) == -1 ||
	    read_files(files, file, limits, request, refusal) == -1)
		return -1;
	return read_stdin(object, request, refusal);
}

int
piston_parse_body(const uint8_t *body, size_t body_len,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	struct json_object *object;
	int rc;

	request_init(request);
	if (request_json_parse(body, body_len, &words, &object, refusal) == -1)
		return -1;
	rc = read_members(object, limits, request, refusal);
	if (rc == -1)
		request_finish(request);
	json_object_put(object);
	return rc;
}
