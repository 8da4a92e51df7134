/* SPDX-License-Identifier: MIT */
/* Owns what is read of a request before its body: its fields, and whose it is.
 */
#include "responder/http/head.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Only the media type counts, whatever its case and its parameters. */
static bool
is_json_type(const char *content_type)
{
	static const char json_type[] = "application/json";
	size_t len = sizeof(json_type) - 1;

	if (content_type == NULL)
		return false;
	content_type += strspn(content_type, " \t");
	if (strncasecmp(content_type, json_type, len) != 0)
		return false;
	content_type += len;
	content_type += strspn(content_type, " \t");
	return *content_type == '\0' || *content_type == ';';
}

/* Digits only. A number that does not fit is SIZE_MAX, above any ceiling. */
static int
parse_length(const char *text, size_t *len)
{
	if (text[strspn(text, "0123456789")] != '\0')
		return -1;
	*len = strtoul(text, NULL, 10);
	return 0;
}

/* Clients that set no type: fetch says text/plain for a string. */
static bool
is_text_type(const char *content_type)
{
	static const char text_type[] = "text/plain";

	return content_type != NULL &&
	       strncasecmp(content_type, text_type, sizeof(text_type) - 1) == 0;
}

int
head_check(const struct head *head, const struct head_rules *rules,
    size_t *body_len, struct refusal *refusal)
{
	if (head->method == NULL || strcmp(head->method, "POST") != 0) {
		refusal_set(refusal, 405, "Method not allowed: use POST");
		refusal->allow = "POST";
		return -1;
	}
	if (!is_json_type(head->content_type) &&
	    !(rules->takes_text && is_text_type(head->content_type)))
		return refusal_set(refusal, 415, "%s", rules->wrong_type);
	if (head->content_length == NULL || *head->content_length == '\0')
		return refusal_set(refusal, 411,
		    "Content-Length missing: send the length of the body");
	if (parse_length(head->content_length, body_len) == -1)
		return refusal_set(refusal, 400,
		    "Content-Length must be a decimal number of bytes");
	if (*body_len > rules->body_bytes_max)
		return refusal_set(refusal, 413,
		    "Request body too long: the limit is %zu bytes",
		    rules->body_bytes_max);
	return 0;
}

/* The range's quality: false if it is "q=0", "q=0.0" or the like. */
static bool
is_acceptable(const char *parameters, size_t len)
{
	static const char zero[] = "q=0";
	size_t at;

	for (at = 0; at + sizeof(zero) - 1 <= len; at++) {
		if (parameters[at] != ';' && parameters[at] != ' ')
			continue;
		if (strncasecmp(parameters + at + 1, zero, sizeof(zero) - 1) !=
		    0)
			continue;
		at += sizeof(zero);
		return strspn(parameters + at, ".0") <
		       strcspn(parameters + at, ",; \t");
	}
	return true;
}

bool
head_wants_events(const char *accept)
{
	static const char type[] = "text/event-stream";
	const size_t type_len = sizeof(type) - 1;
	size_t len;

	while (accept != NULL && *accept != '\0') {
		accept += strspn(accept, ", \t");
		len = strcspn(accept, ",");
		if (len >= type_len &&
		    strncasecmp(accept, type, type_len) == 0 &&
		    strcspn(accept + type_len, ",; \t") == 0)
			return is_acceptable(accept + type_len, len - type_len);
		accept += len;
	}
	return false;
}

void
client_make_key(const char *address, uint8_t key[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(key, 0, 16);
	if (address == NULL)
		return;
	if (inet_pton(AF_INET, address, key + 12) == 1)
		memcpy(key, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, address, key) != 1)
		memset(key, 0, 16);
	else if (memcmp(key, mapped, sizeof(mapped)) != 0) {
		memset(key + 8, 0, 7);
		key[15] = 1; /* ::1 is somebody, too */
	}
}
