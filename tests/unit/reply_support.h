/* SPDX-License-Identifier: MIT */
/* Shared by the tests of answers: the result of a program. */
#ifndef SCE_TEST_REPLY_SUPPORT_H
#define SCE_TEST_REPLY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "responder/api/run/body.h"

static struct result
result_of(
    enum verdict_kind kind, uint32_t status, const char *out, const char *err)
{
	const struct result result = {
		.verdict = { .kind = kind, .status = status },
		.stdout_data = (const uint8_t *)out,
		.stdout_len = strlen(out),
		.stderr_data = (const uint8_t *)err,
		.stderr_len = strlen(err),
		.wall_limit_ms = 5000,
		.memory_limit_bytes = 128ull << 20,
	};

	return result;
}

#endif
