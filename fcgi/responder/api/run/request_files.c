/* SPDX-License-Identifier: MIT */
/* Arguments and files of a body of /run. */
#include <json-c/json.h>
#include <string.h>

#include "common/args_and_files.h"
#include "responder/job/args_and_files.h"
#include "responder/json/read.h"

#define FILE_EXAMPLE "{\"name\": \"a.txt\", \"content\": \"...\"}"

static int
read_return_files(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, "return_files", &value))
		return 0;
	if (!json_object_is_type(value, json_type_boolean))
		return refusal_set(
		    refusal, 400, "\"return_files\" must be true or false");
	request->returns_files = json_object_get_boolean(value);
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
read_file(struct json_object *object, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	static const char *const members[] = { "name", "content", "encoding",
		NULL };
	struct request_file file;

	if (!json_object_is_type(object, json_type_object))
		return refusal_set(refusal, 400,
		    "\"files\" must be an array of objects such "
		    "as " FILE_EXAMPLE);
	if (request_check_names(object, members,
		"a file has name, content and encoding", refusal) == -1 ||
	    request_read_name(object, "name", &file.path, refusal) == -1 ||
	    request_read_name(object, "encoding", &file.encoding, refusal) ==
		-1)
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
	return request_add_file(request, &file, limits, refusal);
}

static int
read_files(struct json_object *files, const struct request_limits *limits,
    struct request *request, struct refusal *refusal)
{
	size_t count = 0;
	size_t i;

	if (files != NULL && !json_object_is_type(files, json_type_array))
		return refusal_set(refusal, 400,
		    "\"files\" must be an array of objects such "
		    "as " FILE_EXAMPLE);
	if (files != NULL)
		count = json_object_array_length(files);
	if (request_add_file_count(request, count, refusal) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (read_file(json_object_array_get_idx(files, i), limits,
			request, refusal) == -1)
			return -1;
	}
	return 0;
}

int
request_read_extras(struct json_object *object,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	struct json_object *args = NULL;
	struct json_object *files = NULL;
	bool has_args = json_object_object_get_ex(object, "args", &args);
	bool has_files = json_object_object_get_ex(object, "files", &files);
	const char *script = request->runtime->file;

	if (read_return_files(object, request, refusal) == -1)
		return -1;
	/* No extras at all stand for a program of that name. */
	if (!has_args && !has_files && strcmp(script, EXTRAS_SCRIPT) == 0)
		return 0;
	if (has_args && args == NULL)
		return refusal_set(
		    refusal, 400, "\"args\" must be an array of strings");
	if (has_files && files == NULL)
		return refusal_set(refusal, 400,
		    "\"files\" must be an array of objects such "
		    "as " FILE_EXAMPLE);
	if (request_add_args(request, script, args, refusal) == -1)
		return -1;
	return read_files(files, limits, request, refusal);
}
