/* SPDX-License-Identifier: MIT */
/*
 * Whose pages may use the service: a list of origins (RFC 6454), in a
 * browser's spelling, or *. It ends up in nginx.conf, between double quotes.
 */
#include <string.h>

#include "supervisor/config/schema.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* "", or ":8080" */
static bool
is_port(const char *text, size_t len)
{
	return len == 0 || (len >= 2 && len <= 6 && text[0] == ':' &&
			       strspn(text + 1, DIGITS) == len - 1);
}

/* What follows the len bytes in text is a separator or the end. */
static bool
is_origin(const char *text, size_t len)
{
	size_t scheme = strspn(text, LETTERS);
	size_t host;

	if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0)
		return false;
	text += scheme + 3;
	len -= scheme + 3;
	host = text[0] == '[' ? strcspn(text, "], ") + 1
			      : strspn(text, LETTERS DIGITS ".-");
	if (host > len || host == 0)
		return false;
	if (text[0] == '[' &&
	    strspn(text + 1, "0123456789abcdef:.") != host - 2)
		return false;
	return is_port(text + host, len - host);
}

bool
config_origins_are_valid(const char *text)
{
	return strcmp(text, "*") == 0 || config_list_is_valid(text, is_origin);
}
