/* SPDX-License-Identifier: MIT */
/*
 * Checks how a text looks, for each type of key. Texts become words of the
 * guest's argv and of the responders', options of docker run and lines of
 * nginx.conf, hence no blank, tab or quote passes where none is meant.
 */
#include <arpa/inet.h>
#include <string.h>

#include "common/words.h"
#include "supervisor/config/schema.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_CHARACTERS LOWER UPPER DIGITS "._-:/@+[]"
#define LANGUAGE_CHARACTERS LOWER DIGITS ".+_-"
#define FILE_CHARACTERS LOWER UPPER DIGITS "._-+"
#define WORD_CHARACTERS LOWER UPPER DIGITS "._-+=:/@%~"
#define MODULE_LETTERS LOWER UPPER "_"
#define BLANK " "
#define SEPARATORS ", "
#define VERSION_DIGITS_MAX 6

/* --- lists: items between commas and blanks ------------------------------ */

/* True if is_item takes each item; there may be none. */
static bool
is_list_of(const char *text, bool (*is_item)(const char *text, size_t len))
{
	size_t len;

	for (text += strspn(text, SEPARATORS); *text != '\0';
	     text += len + strspn(text + len, SEPARATORS)) {
		len = strcspn(text, SEPARATORS);
		if (!is_item(text, len))
			return false;
	}
	return true;
}

/* Copies the words between separators, with one joint between two. out may be
 * text. */
static void
join(const char *text, const char *separators, char joint, char *out)
{
	char *start = out;
	size_t len;

	for (text += strspn(text, separators); *text != '\0';
	     text += len + strspn(text + len, separators)) {
		len = strcspn(text, separators);
		if (out != start)
			*out++ = joint;
		memmove(out, text, len);
		out += len;
	}
	*out = '\0';
}

void
config_list_compact(const char *list, char *out)
{
	join(list, SEPARATORS, ',', out);
}

void
config_words_squeeze(const char *words, char *out)
{
	join(words, BLANK, ' ', out);
}

/* "24": one to three digits, no more than max. */
static bool
is_prefix_length(const char *text, unsigned max)
{
	size_t digits = strspn(text, DIGITS);
	unsigned value = 0;

	if (digits < 1 || digits > 3 || text[digits] != '\0')
		return false;
	for (; *text != '\0'; text++)
		value = value * 10 + (unsigned)(*text - '0');
	return value <= max;
}

/* "10.0.0.1" or "fd00::/8". nginx would take a host's name; this does not. */
static bool
is_network(const char *item, size_t len)
{
	uint8_t address[sizeof(struct in6_addr)];
	char text[CONFIG_STRING_MAX];
	unsigned bits = 0;
	char *slash;

	if (len >= sizeof(text))
		return false;
	memcpy(text, item, len);
	text[len] = '\0';
	slash = strchr(text, '/');
	if (slash != NULL)
		*slash = '\0';
	if (inet_pton(AF_INET, text, address) == 1)
		bits = 32;
	else if (inet_pton(AF_INET6, text, address) == 1)
		bits = 128;
	if (bits == 0)
		return false;
	return slash == NULL || is_prefix_length(slash + 1, bits);
}

static bool
are_networks(const char *text)
{
	return is_list_of(text, is_network);
}

/* "", or ":8080" */
static bool
is_port(const char *text, size_t len)
{
	return len == 0 || (len >= 2 && len <= 6 && text[0] == ':' &&
			       strspn(text + 1, DIGITS) == len - 1);
}

/* An origin (RFC 6454) in a browser's spelling. A separator or the end follows
 * the len bytes in text. */
static bool
is_origin(const char *text, size_t len)
{
	size_t scheme = strspn(text, LOWER);
	size_t host;

	if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0)
		return false;
	text += scheme + 3;
	len -= scheme + 3;
	host = text[0] == '[' ? strcspn(text, "], ") + 1
			      : strspn(text, LOWER DIGITS ".-");
	if (host > len || host == 0)
		return false;
	if (text[0] == '[' && strspn(text + 1, DIGITS "abcdef:.") != host - 2)
		return false;
	return is_port(text + host, len - host);
}

static bool
are_origins(const char *text)
{
	return strcmp(text, "*") == 0 || is_list_of(text, is_origin);
}

/* name(.name)*, of len bytes. */
static bool
is_module(const char *text, size_t len)
{
	size_t n;

	for (;;) {
		if (len == 0 || strchr(MODULE_LETTERS, *text) == NULL)
			return false;
		n = strspn(text, MODULE_LETTERS DIGITS);
		if (n >= len)
			return true;
		if (text[n] != '.')
			return false;
		text += n + 1;
		len -= n + 1;
	}
}

static bool
are_modules(const char *text)
{
	return is_list_of(text, is_module);
}

bool
config_is_language_name(const char *text, size_t len)
{
	return len >= 1 && len < LANGUAGE_NAME_MAX &&
	       strchr(LOWER DIGITS, text[0]) != NULL &&
	       strspn(text, LANGUAGE_CHARACTERS) >= len;
}

static bool
are_aliases(const char *text)
{
	char items[CONFIG_STRING_MAX];
	size_t count = 1;
	size_t i;

	if (strlen(text) >= sizeof(items) ||
	    !is_list_of(text, config_is_language_name))
		return false;
	config_list_compact(text, items);
	for (i = 0; items[i] != '\0'; i++)
		count += items[i] == ',';
	return count <= LANGUAGE_ALIASES_MAX;
}

/* --- texts that are no lists ---------------------------------------------- */

static bool
is_name(const char *text)
{
	return text[0] != '-' && text[strspn(text, NAME_CHARACTERS)] == '\0';
}

static bool
is_path(const char *text)
{
	return text[0] == '\0' || text[0] == '/';
}

static bool
are_words(const char *text)
{
	size_t count = 0;
	size_t len;

	for (text += strspn(text, BLANK); *text != '\0';
	     text += len + strspn(text + len, BLANK)) {
		len = strspn(text, WORD_CHARACTERS);
		if (len == 0 || (count == 0 && *text == '-') ||
		    (text[len] != '\0' && text[len] != BLANK[0]))
			return false;
		count++;
	}
	return count <= WORDS_MAX;
}

static bool
is_version(const char *text)
{
	size_t digits;
	int part;

	for (part = 0; part < 3; part++) {
		digits = strspn(text, DIGITS);
		if (digits < 1 || digits > VERSION_DIGITS_MAX)
			return false;
		text += digits;
		if (part < 2 && *text++ != '.')
			return false;
	}
	return *text == '\0';
}

static bool
is_file(const char *text)
{
	return text[0] != '\0' && strchr("._-+", text[0]) == NULL &&
	       text[strspn(text, FILE_CHARACTERS)] == '\0';
}

/* --- by type -------------------------------------------------------------- */

static const struct {
	const char *description;          /* after "must be" */
	bool (*is_one)(const char *text); /* NULL: a number, see value.c */
} shapes[] = {
	[CONFIG_WORD] = { "a word", NULL },
	[CONFIG_INTEGER] = { "a whole number", NULL },
	[CONFIG_SIZE] = { "a size such as 128m, 64k or 4096", NULL },
	[CONFIG_DURATION] = { "a duration such as 5s, 500ms or 2m", NULL },
	[CONFIG_CORES] = { "a number of cores such as 0.5 or 2", NULL },
	[CONFIG_NAME] = { "of letters, digits and ._-:/@+[] and not begin "
			  "with a -",
	    is_name },
	[CONFIG_PATH] = { "an absolute path", is_path },
	[CONFIG_WORDS] = { "at most 16 words of letters, digits and "
			   "._-+=:/@%~, the first without a - before it",
	    are_words },
	[CONFIG_VERSION] = { "three numbers such as 3.11.2", is_version },
	[CONFIG_FILE] = { "a file's name of letters, digits and ._-+ that "
			  "begins with a letter or a digit",
	    is_file },
	[CONFIG_NETWORKS] = { "IP addresses or networks such as 10.0.0.1, "
			      "fd00::/8",
	    are_networks },
	[CONFIG_ORIGINS] = { "* or origins such as https://example.org",
	    are_origins },
	[CONFIG_MODULES] = { "names of modules such as json, os.path",
	    are_modules },
	[CONFIG_ALIASES] = { "at most 8 names such as py, python3",
	    are_aliases },
};

const char *
config_shape_describe(enum config_type type)
{
	return shapes[type].description;
}

bool
config_shape_fits(enum config_type type, const char *text)
{
	return shapes[type].is_one(text);
}
