/* SPDX-License-Identifier: MIT */
/* The limits that a body of Piston's API may ask for. */
#include <inttypes.h>
#include <json-c/json.h>

#include "responder/api/piston/limits.h"

bool
piston_is_nothing(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return !json_object_get_boolean(value);
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string_len(value) == 0;
	return json_object_is_type(value, json_type_null);
}

/*
 * One limit, in the unit of max (0: there is none, as there is nothing that it
 * limits). *value is left alone when it is not given, or -1.
 */
static int
read_limit(struct json_object *object, const char *name, uint64_t max,
    uint64_t *value, struct refusal *refusal)
{
	struct json_object *member;
	double number;

	if (!json_object_object_get_ex(object, name, &member) ||
	    piston_is_nothing(member))
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

/* Both are in one sandbox, which has one limit: neither gets more than it is
 * to have. 0: no limit of its own. */
static uint64_t
smaller(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

int
piston_read_limits(struct json_object *object, struct request *request,
    struct refusal *refusal)
{
	const struct runtime *runtime = request->runtime;
	const uint64_t memory_max = runtime->memory_bytes;
	const uint64_t wall_max = runtime->wall_max_ms;
	const bool compiles = runtime->compiles;
	uint64_t wall_ms = runtime->wall_default_ms;
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
		if (read_limit(object, all[i].name, all[i].max, all[i].value,
			refusal) == -1)
			return -1;
	}
	if (check_memory("compile_memory_limit", compile_memory, refusal) ==
		-1 ||
	    check_memory("run_memory_limit", memory, refusal) == -1)
		return -1;
	request->wall_limit_ms = (uint32_t)wall_ms;
	request->compile_wall_limit_ms = (uint32_t)compile_wall_ms;
	request->memory_bytes = smaller(memory, compile_memory);
	request->cpu_limit_ms = (uint32_t)cpu_ms;
	return 0;
}
