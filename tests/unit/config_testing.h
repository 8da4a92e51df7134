/* SPDX-License-Identifier: MIT */
/* What the tests of the configuration share. */
#ifndef SCE_CONFIG_TESTING_H
#define SCE_CONFIG_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "supervisor/config/schema.h"

static inline struct config
load_good(const char *text)
{
	char error[CONFIG_ERROR_MAX] = "";
	struct config config;

	if (config_load_text(&config, "t.conf", text, error) == -1)
		fail_msg("refused: %s", error);
	return config;
}

static inline void
expect_error(const char *text, const char *expected)
{
	char error[CONFIG_ERROR_MAX] = "";
	struct config config;

	assert_int_equal(config_load_text(&config, "t.conf", text, error), -1);
	assert_string_equal(error, expected);
}

/* What is printed of it, which is read as the same; to be freed. */
static inline char *
print_and_load_again(const struct config *config)
{
	struct config again;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	config_print(config, out);
	assert_int_equal(fclose(out), 0);
	again = load_good(text);
	assert_memory_equal(config, &again, sizeof(again));
	return text;
}

/* The file's name into path; the caller unlinks it. */
static inline void
write_file(char *path, const void *bytes, size_t len)
{
	int fd;

	strcpy(path, "/tmp/sce-test-config-XXXXXX");
	fd = mkstemp(path);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

#endif
