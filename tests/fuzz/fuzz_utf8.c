/* SPDX-License-Identifier: MIT */
/* A repair is valid, bounded, leaves valid text alone, and repairs once. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_repair(const uint8_t *data, size_t size, bool cut)
{
	uint8_t *out = malloc(size * UTF8_REPAIR_GROWTH);
	uint8_t *again;
	size_t len;

	if (size > 0 && out == NULL)
		return;
	len = utf8_repair(data, size, cut, out);
	assert(len <= size * UTF8_REPAIR_GROWTH);
	assert(utf8_check(out, len, NULL));
	if (utf8_check(data, size, NULL))
		assert(len == size && (len == 0 || !memcmp(data, out, len)));
	else
		assert(cut || len != size || memcmp(data, out, len) != 0);
	again = malloc(len * UTF8_REPAIR_GROWTH);
	if (again != NULL && len > 0) {
		assert(utf8_repair(out, len, cut, again) == len);
		assert(memcmp(again, out, len) == 0);
	}
	free(again);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_repair(data, size, false);
	try_repair(data, size, true);
	return 0;
}
