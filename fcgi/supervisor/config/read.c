/* SPDX-License-Identifier: MIT */
/*
 * Reads the configuration's syntax by inih, which gets each line from here
 * after a check. By itself inih cuts a long line in two, takes any indented
 * line for more of the value before, goes on after an error, and passes over a
 * section without keys and over text after a section's "]".
 */
#include <ini.h>
#include <stdarg.h>
#include <string.h>

#include "supervisor/config/schema.h"

#define BLANKS " \t\r\v\f"

/* The place where the value of a key goes. */
struct place {
	const struct config_key *key; /* NULL: there is none */
	void *base;
	int *first_line;
};

struct reader {
	struct config *config;
	const char *name;            /* of the file, for messages */
	const char *rest;            /* what inih has not seen yet */
	int line;                    /* that inih saw last, from 1 */
	bool is_indented;            /* that line goes on with a list */
	struct place last;           /* of the key before it, in its section */
	int first_line[CONFIG_KEYS]; /* that a key was given in; 0: none */
	int first_line_of_row[LANGUAGES_MAX][CONFIG_LANGUAGE_KEYS];
	int failed_line; /* 0: no error */
	char *error;     /* of CONFIG_ERROR_MAX bytes */
};

/* Keeps the first error only. 0, as inih's handler has to return then. */
__attribute__((format(printf, 2, 3))) static int
reader_fail(struct reader *reader, const char *format, ...)
{
	va_list args;
	int len;

	if (reader->failed_line != 0)
		return 0;
	reader->failed_line = reader->line;
	len = snprintf(reader->error, CONFIG_ERROR_MAX, "%s:%d: ", reader->name,
	    reader->line);
	if (len < 0 || len >= CONFIG_ERROR_MAX)
		return 0;
	va_start(args, format);
	vsnprintf(reader->error + len, (size_t)(CONFIG_ERROR_MAX - len), format,
	    args);
	va_end(args);
	return 0;
}

static bool
section_is_known(const char *name, size_t len)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		if (strlen(config_keys[i].section) == len &&
		    memcmp(config_keys[i].section, name, len) == 0)
			return true;
	}
	return false;
}

static void
check_section_line(struct reader *reader, const char *line)
{
	size_t len = strcspn(line + 1, "]");
	const char *end = line + 1 + len;
	const char *name = config_language_in(line + 1);
	char why[CONFIG_ERROR_MAX];

	reader->last = (struct place){ NULL, NULL, NULL };
	if (*end == '\0') {
		reader_fail(reader, "the ] is missing after \"%s\"", line);
		return;
	}
	/* A section without keys makes a row, too. */
	if (name != NULL && name <= end &&
	    config_languages_open(
		reader->config, line + 1, (size_t)(end - name), why) == NULL) {
		reader_fail(reader, "%s", why);
		return;
	}
	if (name == NULL && !section_is_known(line + 1, len)) {
		reader_fail(
		    reader, "there is no section [%.*s]", (int)len, line + 1);
		return;
	}
	end++;
	end += strspn(end, BLANKS);
	if (*end != '\0' && *end != ';' && *end != '#')
		reader_fail(reader, "nothing may follow the ] of a section");
}

/* Refuses what inih would let pass, and a byte order mark. */
static void
check_line(struct reader *reader, const char *line)
{
	bool is_in_list = reader->last.key != NULL &&
			  config_key_is_list(reader->last.key);

	reader->is_indented = line[0] != '\0' &&
			      strchr(BLANKS, line[0]) != NULL;
	if (reader->is_indented && !is_in_list)
		reader_fail(reader, "the line is indented; begin it in the "
				    "first column");
	else if ((unsigned char)line[0] > 0x7f)
		reader_fail(reader, "the line must begin with a letter or [");
	else if (line[0] == '[')
		check_section_line(reader, line);
}

/* True for a comment of any length and for a blank line: inih need not see it.
 */
static bool
line_is_empty(const char *line)
{
	line += strspn(line, BLANKS);
	return strchr("\n#;", *line) != NULL;
}

/* inih 55 takes a comment off a key's line, but not off an indented one. */
static void
cut_comment(char *line)
{
	char *at = line;

	do {
		at = strchr(at + 1, ';');
	} while (at != NULL && strchr(BLANKS, at[-1]) == NULL);
	if (at != NULL)
		*at = '\0';
}

/* inih's fgets: one whole line into buf, NULL at the end or after an error. */
static char *
reader_next(char *buf, int buf_size, void *arg)
{
	struct reader *reader = arg;
	const char *line = reader->rest;
	size_t len_max = (size_t)buf_size - 2; /* a newline and a NUL */
	size_t len = strcspn(line, "\n");

	if (reader->failed_line != 0 || *line == '\0')
		return NULL;
	reader->line++;
	reader->rest += len + (line[len] == '\n');
	if (line_is_empty(line))
		len = 0;
	if (len > len_max) {
		reader_fail(
		    reader, "the line is longer than %zu bytes", len_max);
		return NULL;
	}
	memcpy(buf, line, len);
	buf[len] = '\0';
	check_line(reader, buf);
	if (reader->is_indented)
		cut_comment(buf);
	(void)strcat(buf, "\n");
	return reader->failed_line == 0 ? buf : NULL;
}

static struct place
find_place(struct reader *reader, const char *section, const char *key_name)
{
	const char *name = config_language_in(section);
	const struct config_key *key = name == NULL
					   ? config_key_find(section, key_name)
					   : config_language_key_find(key_name);
	struct config_language *row;
	char why[CONFIG_ERROR_MAX];

	if (key == NULL)
		return (struct place){ NULL, NULL, NULL };
	if (name == NULL)
		return (struct place){ key, reader->config,
			&reader->first_line[key - config_keys] };
	row = config_languages_open(reader->config, section, strlen(name), why);
	if (row == NULL)
		return (struct place){ NULL, NULL, NULL };
	row->given |= 1U << (key - config_language_keys);
	return (struct place){ key, row,
		&reader->first_line_of_row[row - reader->config->languages]
					  [key - config_language_keys] };
}

/* inih's handler: 1, or 0 for an error. */
static int
reader_take(void *arg, const char *section, const char *name, const char *value)
{
	struct reader *reader = arg;
	struct place *place = &reader->last;
	char why[CONFIG_ERROR_MAX];
	int rc;

	if (section[0] == '\0')
		return reader_fail(
		    reader, "\"%s\" stands before any [section]", name);
	if (reader->is_indented) {
		rc = config_value_append(place->key, value, place->base, why);
		return rc == 0 ? 1 : reader_fail(reader, "%s %s", name, why);
	}
	*place = find_place(reader, section, name);
	if (place->key == NULL)
		return reader_fail(
		    reader, "there is no key \"%s\" in [%s]", name, section);
	if (*place->first_line != 0)
		return reader_fail(reader,
		    "%s is given twice, first in line %d", name,
		    *place->first_line);
	*place->first_line = reader->line;
	rc = config_value_parse(place->key, value, place->base, why);
	return rc == 0 ? 1 : reader_fail(reader, "%s %s", name, why);
}

int
config_read(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX])
{
	struct reader reader = {
		.config = config, .name = name, .rest = text, .error = error
	};
	int bad_line = ini_parse_stream(
	    reader_next, &reader, reader_take, &reader);

	/* inih goes on after a line that it cannot read: that comes first. */
	if (bad_line > 0 &&
	    (reader.failed_line == 0 || bad_line < reader.failed_line)) {
		reader.failed_line = 0;
		reader.line = bad_line;
		reader_fail(&reader, "the line is neither [section] nor "
				     "key = value");
	} else if (bad_line < 0) {
		reader_fail(&reader, "out of memory");
	}
	return reader.failed_line == 0 ? 0 : -1;
}
