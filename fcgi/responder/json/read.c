/* SPDX-License-Identifier: MIT */
/* json-c is given only what json_check has passed. */
#include "responder/json/read.h"

#include <json-c/json.h>
#include <string.h>

#include "responder/json/check.h"

int
request_json_no_memory(struct refusal *refusal)
{
	refusal_set(refusal, 503, "Out of memory: try again in a second");
	refusal->retry_after_s = 1;
	return -1;
}

/* Of what json_check passed: some byte of it is not white space. */
static bool
is_object(const uint8_t *json)
{
	return json[strspn((const char *)json, " \t\n\r")] == '{';
}

static int
refuse_syntax(const struct request_words *words, struct refusal *refusal)
{
	return refusal_set(
	    refusal, 400, "Body is not valid JSON: send %s", words->example);
}

static int
check_json(const uint8_t *body, size_t body_len,
    const struct request_words *words, struct refusal *refusal)
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

/* json-c 0.18 in strict mode refuses every byte above 0x7f (its issue 875). */
static int
tokener_flags(void)
{
	bool is_0_18 = json_c_version_num() >> 8 == 18;

	return is_0_18 ? 0 : JSON_TOKENER_STRICT;
}

int
request_json_parse(const uint8_t *body, size_t body_len,
    const struct request_words *words, struct json_object **object,
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
		return request_json_no_memory(refusal);
	json_tokener_set_flags(tokener, tokener_flags());
	*object = json_tokener_parse_ex(
	    tokener, (const char *)body, (int)body_len);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (*object != NULL)
		return 0;
	if (error == json_tokener_success)
		return request_json_no_memory(refusal);
	return refuse_syntax(words, refusal);
}
