/* SPDX-License-Identifier: MIT */
#include "common/words.h"

#include <stddef.h>
#include <string.h>

int
words_split(char *text, char *words[WORDS_MAX + 1])
{
	char *rest = *text != '\0' ? text : NULL;
	char *word;
	int count = 0;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (count == WORDS_MAX || *word == '\0')
			return -1;
		words[count++] = word;
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
