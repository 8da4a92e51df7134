/* SPDX-License-Identifier: MIT */
/* Serialises; what json-c leaves raw although it is a control character is
 * found in strings only, as all else in JSON is ASCII. */
#include "responder/json/write.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* "\u0085" for a two-byte character, or for DEL. */
#define ESCAPE_LEN 6

/* Length of the control character at text, 0 if it is none. */
static size_t
control_len(const unsigned char *text, size_t left)
{
	if (text[0] == 0x7f)
		return 1;
	if (left >= 2 && text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0)
		return 2;
	return 0;
}

static size_t
escaped_len(const unsigned char *text, size_t len)
{
	size_t total = len;
	size_t control;
	size_t i;

	for (i = 0; i<len; i += control> 0 ? control : 1) {
		control = control_len(text + i, len - i);
		if (control > 0)
			total += ESCAPE_LEN - control;
	}
	return total;
}

static size_t
escape(char *out, const unsigned char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char code;
	size_t control;
	size_t n = 0;
	size_t i;

	for (i = 0; i<len; i += control> 0 ? control : 1) {
		control = control_len(text + i, len - i);
		if (control == 0) {
			out[n++] = (char)text[i];
			continue;
		}
		code = text[i + control - 1];
		memcpy(out + n, "\\u00", 4);
		out[n + 4] = hex[code >> 4];
		out[n + 5] = hex[code & 15];
		n += ESCAPE_LEN;
	}
	return n;
}

char *
json_text_line(struct json_object *object, size_t *len)
{
	const char *text;
	size_t text_len;
	char *line;

	text = json_object_to_json_string_length(object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &text_len);
	if (text == NULL)
		return NULL;
	line = malloc(escaped_len((const unsigned char *)text, text_len) + 2);
	if (line == NULL)
		return NULL;
	*len = escape(line, (const unsigned char *)text, text_len);
	line[(*len)++] = '\n';
	line[*len] = '\0';
	return line;
}
