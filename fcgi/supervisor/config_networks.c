/* SPDX-License-Identifier: MIT */
/*
 * A list of IP addresses and networks. It ends up in nginx.conf, hence nothing
 * passes that inet_pton would not take; nginx itself would, a host name.
 */
#include <arpa/inet.h>
#include <string.h>

#include "supervisor/config_schema.h"

#define SEPARATORS ", "

/* "24": one to three digits, no more than max. */
static bool
is_prefix_length(const char *text, unsigned max)
{
	size_t digits = strspn(text, "0123456789");
	unsigned value = 0;

	if (digits < 1 || digits > 3 || text[digits] != '\0')
		return false;
	for (; *text != '\0'; text++)
		value = value * 10 + (unsigned)(*text - '0');
	return value <= max;
}

/* "10.0.0.1" or "fd00::/8", in its own buffer, which is cut at the slash. */
static bool
is_network(char *text)
{
	uint8_t address[sizeof(struct in6_addr)];
	char *slash = strchr(text, '/');
	unsigned bits = 0;

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

bool
config_networks_are_valid(const char *text)
{
	char network[CONFIG_STRING_MAX];

	for (text += strspn(text, SEPARATORS); *text != '\0';
	     text += strspn(text, SEPARATORS)) {
		size_t len = strcspn(text, SEPARATORS);

		if (len >= sizeof(network))
			return false;
		memcpy(network, text, len);
		network[len] = '\0';
		if (!is_network(network))
			return false;
		text += len;
	}
	return true;
}
