/* SPDX-License-Identifier: MIT */
/* Status line, Content-Length, Transfer-Encoding; all else is passed over. */
#include "engine/http_head.h"

#include <string.h>
#include <strings.h>

#include "common/hex.h"

/* So many digits can not overflow. */
#define LENGTH_DIGITS_MAX 18
#define SIZE_DIGITS_MAX 15

static int
parse_status(struct http_head *head, const char *line)
{
	if (strncmp(line, "HTTP/1.", 7) != 0 || strspn(line + 7, "01") < 1 ||
	    line[8] != ' ' || strspn(line + 9, "0123456789") != 3)
		return -1;
	head->status = (unsigned int)((line[9] - '0') * 100 +
				      (line[10] - '0') * 10 + line[11] - '0');
	/* An answer that another one follows is none. */
	return head->status >= 200 && head->status < 600 ? 0 : -1;
}

/* Is the line, of len bytes, this field? Its value without blanks around. */
static bool
is_field(const char *line, size_t len, const char *name, const char **value,
    size_t *value_len)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	while (len > n && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	*value = line + n;
	*value_len = len - n;
	return true;
}

static int
parse_length(struct http_head *head, const char *text, size_t len)
{
	size_t i;

	/* Twice, even if it says the same, is more than one answer says. */
	if (head->has_length || len < 1 || len > LENGTH_DIGITS_MAX)
		return -1;
	head->has_length = true;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		head->length = head->length * 10 + (uint64_t)(text[i] - '0');
	}
	return 0;
}

static int
parse_field(struct http_head *head, const char *line, size_t len)
{
	const char *value;
	size_t n;

	if (is_field(line, len, "Content-Length", &value, &n))
		return parse_length(head, value, n);
	if (is_field(line, len, "Transfer-Encoding", &value, &n)) {
		if (head->is_chunked || n != strlen("chunked") ||
		    strncasecmp(value, "chunked", n) != 0)
			return -1;
		head->is_chunked = true;
	}
	return 0;
}

int
http_head_parse(
    struct http_head *head, const char *text, char why[ENGINE_WHY_MAX])
{
	const char *end = strstr(text, "\r\n");

	memset(head, 0, sizeof(*head));
	if (end == NULL || parse_status(head, text) == -1)
		return engine_fail(why, "Docker's answer is not HTTP");
	for (text = end + 2; *text != '\0'; text = end + 2) {
		end = strstr(text, "\r\n");
		if (end == NULL ||
		    parse_field(head, text, (size_t)(end - text)) == -1)
			break;
	}
	if (*text != '\0' || (head->is_chunked && head->has_length))
		return engine_fail(
		    why, "Docker's answer does not say how long it is");
	return 0;
}

int
http_chunk_size(const char *line, uint64_t *size)
{
	size_t len = strspn(line, "0123456789abcdefABCDEF");
	size_t i;

	if (len < 1 || len > SIZE_DIGITS_MAX ||
	    (line[len] != '\0' && strchr("; \t", line[len]) == NULL))
		return -1;
	*size = 0;
	for (i = 0; i < len; i++)
		*size = *size * 16 + (uint64_t)hex_value(line[i]);
	return 0;
}
