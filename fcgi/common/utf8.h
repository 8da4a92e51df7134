/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above
 * U+10FFFF. Strict for what comes in, repairing for what goes out.
 */
#ifndef SCE_UTF8_H
#define SCE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if all is valid; *code_points (may be NULL) then counts them. */
bool utf8_check(const uint8_t *buf, size_t len, size_t *code_points);

/* How much of buf is left if a character that ends beyond it is taken away. */
size_t utf8_whole_len(const uint8_t *buf, size_t len);

/* U+FFFD is three bytes, so a repair at most triples the length. */
#define UTF8_REPAIR_GROWTH 3

/*
 * Copies buf to out, each maximal invalid part replaced by U+FFFD, as
 * Python's bytes.decode(errors="replace") does. out must hold
 * UTF8_REPAIR_GROWTH * len bytes. An incomplete character at the very end is
 * dropped when cut is true (the stream was truncated there), else replaced.
 * Returns the length written.
 */
size_t utf8_repair(const uint8_t *buf, size_t len, bool cut, uint8_t *out);

#endif
