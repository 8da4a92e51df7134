/* SPDX-License-Identifier: MIT */
/* A list: items between commas and blanks, each checked by whoever knows. */
#include <string.h>

#include "supervisor/config/schema.h"

#define SEPARATORS ", "

bool
config_list_is_valid(
    const char *text, bool (*is_item)(const char *text, size_t len))
{
	size_t len;

	for (text += strspn(text, SEPARATORS); *text != '\0';
	     text += strspn(text, SEPARATORS)) {
		len = strcspn(text, SEPARATORS);
		if (!is_item(text, len))
			return false;
		text += len;
	}
	return true;
}

void
config_list_compact(const char *list, char *out)
{
	size_t len;
	bool first = true;

	for (list += strspn(list, SEPARATORS); *list != '\0';
	     list += strspn(list, SEPARATORS)) {
		len = strcspn(list, SEPARATORS);
		if (!first)
			*out++ = ',';
		memcpy(out, list, len);
		out += len;
		list += len;
		first = false;
	}
	*out = '\0';
}
