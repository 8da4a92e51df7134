/* SPDX-License-Identifier: MIT */
#include "common/words.h"

#include <stddef.h>
#include <string.h>

int
words_split(char *text, char *words[WORDS_MAX + 1])
{
	int count = 0;

	while (*text != '\0') {
		if (count == WORDS_MAX)
			return -1;
		words[count++] = text;
		text += strcspn(text, " ");
		if (text == words[count - 1])
			return -1;
		if (*text == '\0')
			break;
		*text++ = '\0';
		if (*text == '\0')
			return -1;
	}
	words[count] = NULL;
	return count;
}

bool
words_name_python(const char *command)
{
	const char *slash = memrchr(command, '/', strcspn(command, " "));
	const char *base = slash != NULL ? slash + 1 : command;

	return strncmp(base, "python3", strlen("python3")) == 0;
}
