/* SPDX-License-Identifier: MIT */
/* What a body of /run is written in, and the limits that follow from it. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "responder/json/read.h"

int
request_read_name(struct json_object *object, const char *name,
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
	if (strlen(*string) != (size_t)json_object_get_string_len(value))
		return refusal_set(refusal, 400,
		    "\"%s\" must not contain a NUL character", name);
	return 0;
}

static int
choose_runtime(struct json_object *object, const struct runtimes *runtimes,
    const struct runtime **runtime, struct refusal *refusal)
{
	char shown[2][REQUEST_SHOWN_BYTES];
	const char *language;
	const char *version;

	if (request_read_name(object, "language", &language, refusal) == -1 ||
	    request_read_name(object, "version", &version, refusal) == -1)
		return -1;
	if (language == NULL)
		language = runtimes->rows[0].language;
	*runtime = runtime_find(runtimes, language, version);
	if (*runtime != NULL)
		return 0;
	request_show(shown[0], language);
	request_show(shown[1], version != NULL ? version : "*");
	return refusal_set(refusal, 400,
	    "There is no \"%s\" in version \"%s\": use %s %s", shown[0],
	    shown[1], runtimes->rows[0].language, runtimes->rows[0].version);
}

static int
read_timeout(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	const double min_s = WALL_MS_MIN / 1000.0;
	const double max_s = request->runtime->wall_max_ms / 1000.0;
	struct json_object *value;
	double timeout_s;

	request->wall_limit_ms = request->runtime->wall_default_ms;
	if (!json_object_object_get_ex(object, "timeout", &value))
		return 0;
	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return refusal_set(
		    refusal, 400, "\"timeout\" must be a number of seconds");
	timeout_s = json_object_get_double(value);
	/* Written so that NaN is out of range too. */
	if (!(timeout_s >= min_s && timeout_s <= max_s))
		return refusal_set(refusal, 400,
		    "timeout must be between %g and %g seconds", min_s, max_s);
	request->wall_limit_ms = (uint32_t)(timeout_s * 1000 + 0.5);
	return 0;
}

static int
read_memory(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	const uint64_t max = request->runtime->memory_bytes;
	struct json_object *value;
	int64_t bytes;

	if (!json_object_object_get_ex(object, "memory", &value))
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return refusal_set(
		    refusal, 400, "\"memory\" must be a number of bytes");
	bytes = json_object_get_int64(value);
	if (bytes < MEMORY_BYTES_MIN || (uint64_t)bytes > max)
		return refusal_set(refusal, 400,
		    "memory must be between %d and %" PRIu64 " bytes",
		    MEMORY_BYTES_MIN, max);
	request->memory_bytes = (uint64_t)bytes;
	return 0;
}

int
request_read_runtime(struct json_object *object,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal)
{
	if (choose_runtime(
		object, limits->runtimes, &request->runtime, refusal) == -1 ||
	    read_timeout(object, request, refusal) == -1)
		return -1;
	return read_memory(object, request, refusal);
}
