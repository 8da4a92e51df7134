/* SPDX-License-Identifier: MIT */
#include "guest/words.h"

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
words_name_python(const char *word)
{
	static const char name[] = "python3";
	const char *slash = strrchr(word, '/');

	return strncmp(slash != NULL ? slash + 1 : word, name,
		   sizeof(name) - 1) == 0;
}
