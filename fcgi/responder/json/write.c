/* SPDX-License-Identifier: MIT */
/*
 * Owns the making of JSON: json-c builds and quotes. The bytes of a program
 * become valid UTF-8 before json-c sees them, because json-c writes whatever it
 * is given; and control characters that json-c leaves raw are escaped
 * afterwards. They are found in strings only, as all else in JSON is ASCII.
 */
#include "responder/json/write.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/utf8.h"

/* Some answers join both streams of a run. json-c counts in int. */
#define BYTES_MAX (2 * OUTPUT_BYTES_MAX)

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

/* How long the text is when it is escaped. out: NULL to know only that. */
static size_t
escape(char *out, const unsigned char *text, size_t len)
{
	char code[ESCAPE_LEN] = "\\u00";
	size_t control;
	size_t step;
	size_t n = 0;
	size_t i;

	for (i = 0; i < len; i += step) {
		control = control_len(text + i, len - i);
		step = control > 0 ? control : 1;
		if (control > 0) {
			code[4] = hex_digit(text[i + control - 1] >> 4);
			code[5] = hex_digit(text[i + control - 1]);
		}
		if (out != NULL && control > 0)
			memcpy(out + n, code, ESCAPE_LEN);
		else if (out != NULL)
			out[n] = (char)text[i];
		n += control > 0 ? ESCAPE_LEN : 1;
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
	line = malloc(escape(NULL, (const unsigned char *)text, text_len) + 2);
	if (line == NULL)
		return NULL;
	*len = escape(line, (const unsigned char *)text, text_len);
	line[(*len)++] = '\n';
	line[*len] = '\0';
	return line;
}

struct json_out
json_out_object(void)
{
	struct json_object *root = json_object_new_object();

	return (struct json_out){ root, root == NULL };
}

struct json_out
json_out_array(void)
{
	struct json_object *root = json_object_new_array();

	return (struct json_out){ root, root == NULL };
}

char *
json_out_finish(struct json_out *out, size_t *len)
{
	char *line = out->failed ? NULL : json_text_line(out->root, len);

	json_object_put(out->root);
	out->root = NULL;
	return line;
}

/* json-c's null is NULL, which add takes for want of memory. */
static bool
put(struct json_out *out, struct json_object *parent, const char *name,
    struct json_object *value)
{
	if (out->failed)
		return false;
	if (parent == NULL)
		parent = out->root;
	if (name == NULL)
		return json_object_array_add(parent, value) == 0;
	return json_object_object_add(parent, name, value) == 0;
}

/* Takes the value, or NULL for want of memory. */
static struct json_object *
add(struct json_out *out, struct json_object *parent, const char *name,
    struct json_object *value)
{
	if (value != NULL && put(out, parent, name, value))
		return value;
	json_object_put(value);
	out->failed = true;
	return NULL;
}

struct json_object *
json_add_object(
    struct json_out *out, struct json_object *parent, const char *name)
{
	return add(out, parent, name, json_object_new_object());
}

struct json_object *
json_add_array(
    struct json_out *out, struct json_object *parent, const char *name)
{
	return add(out, parent, name, json_object_new_array());
}

void
json_add_string(struct json_out *out, struct json_object *parent,
    const char *name, const char *value)
{
	add(out, parent, name, json_object_new_string(value));
}

void
json_add_number(struct json_out *out, struct json_object *parent,
    const char *name, int64_t value)
{
	add(out, parent, name, json_object_new_int64(value));
}

void
json_add_ms(struct json_out *out, struct json_object *parent, const char *name,
    uint64_t us)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu.%03u",
	    (unsigned long long)(us / 1000), (unsigned int)(us % 1000));
	add(out, parent, name,
	    json_object_new_double_s((double)us / 1000, text));
}

void
json_add_null(
    struct json_out *out, struct json_object *parent, const char *name)
{
	if (!put(out, parent, name, NULL))
		out->failed = true;
}

static void
repair(struct json_out *out, struct text *text, const uint8_t *data, size_t len,
    bool cut)
{
	*text = (struct text){ NULL, 0 };
	if (len == 0)
		return;
	if (len <= BYTES_MAX)
		text->data = malloc(len * UTF8_REPAIR_GROWTH);
	if (text->data != NULL)
		text->len = utf8_repair(data, len, cut, (uint8_t *)text->data);
	else
		out->failed = true;
}

void
text_init(struct json_out *out, struct text *text, const uint8_t *data,
    size_t len, bool cut)
{
	if (len > OUTPUT_BYTES_MAX) { /* no run may have so much */
		out->failed = true;
		len = 0;
	}
	repair(out, text, data, len, cut);
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		text->len--;
}

void
text_finish(struct text *text)
{
	free(text->data);
	*text = (struct text){ NULL, 0 };
}

void
json_add_text(struct json_out *out, struct json_object *parent,
    const char *name, const struct text *text)
{
	const char *data = text->len > 0 ? text->data : "";

	add(out, parent, name,
	    json_object_new_string_len(data, (int)text->len));
}

void
json_add_bytes(struct json_out *out, struct json_object *parent,
    const char *name, const uint8_t *data, size_t len, bool cut)
{
	struct text text;

	repair(out, &text, data, len, cut);
	json_add_text(out, parent, name, &text);
	text_finish(&text);
}
