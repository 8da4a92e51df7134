/* SPDX-License-Identifier: MIT */
/*
 * A list of IP addresses and networks. It ends up in nginx.conf, hence nothing
 * passes that inet_pton would not take; nginx itself would, a host name.
 */
#include <arpa/inet.h>
#include <string.h>

#include "supervisor/config/schema.h"

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

/* "10.0.0.1" or "fd00::/8" */
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

bool
config_networks_are_valid(const char *text)
{
	return config_list_is_valid(text, is_network);
}
