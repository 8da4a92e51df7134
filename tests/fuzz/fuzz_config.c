/* SPDX-License-Identifier: MIT */
/*
 * Any text is refused with one printable line, or loads; and what loads
 * prints as a text that loads as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "supervisor/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_error(const char error[CONFIG_ERROR_MAX])
{
	size_t len = strnlen(error, CONFIG_ERROR_MAX);

	if (len == CONFIG_ERROR_MAX || strncmp(error, "fuzz:", 5) != 0)
		abort();
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)error[i] < ' ' || error[i] == 0x7f)
			abort();
	}
}

static void
check_round_trip(const struct config *config)
{
	char error[CONFIG_ERROR_MAX];
	struct config again;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		abort();
	config_print(config, out);
	fclose(out);
	if (config_load_text(&again, "fuzz", text, error) == -1 ||
	    memcmp(config, &again, sizeof(again)) != 0)
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[CONFIG_ERROR_MAX];
	struct config config;
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (config_load_text(&config, "fuzz", text, error) == -1)
		check_error(error);
	else
		check_round_trip(&config);
	free(text);
	return 0;
}
