/* SPDX-License-Identifier: MIT */
/* Shared by the tests of requests and answers: three languages. The first is
 * today's, and the others differ in all they can. */
#ifndef SCE_TEST_LANGUAGES_SUPPORT_H
#define SCE_TEST_LANGUAGES_SUPPORT_H

#include "responder/job/language.h"

enum { ROW_PYTHON, ROW_SHELL, ROW_CHECKED };

static const struct languages table = {
	.count = 3,
	.rows = {
		{ .index = 0, .name = "python", .version = "3.11.2",
		    .aliases = { "py", "py3", "python3", "python3.11" },
		    .file = "main.py", .is_python = true,
		    .memory_bytes = 128 << 20,
		    .wall_default_ms = WALL_MS_DEFAULT,
		    .wall_max_ms = WALL_MS_MAX_DEFAULT },
		{ .index = 1, .name = "shell", .version = "0.5.12",
		    .aliases = { "sh" }, .file = "main.sh",
		    .memory_bytes = 64 << 20, .wall_default_ms = 1000,
		    .wall_max_ms = 2000 },
		{ .index = 2, .name = "checked", .version = "3.11.2",
		    .file = "main.py", .compiles = true, .is_python = true,
		    .memory_bytes = 256 << 20, .wall_default_ms = 3000,
		    .wall_max_ms = 20000 },
	},
};

#endif
