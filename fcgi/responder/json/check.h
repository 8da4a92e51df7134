/* SPDX-License-Identifier: MIT */
/* The pre-pass over a body: JSON as RFC 8259 has it, nothing more. Pure. */
#ifndef SCE_JSON_CHECK_H
#define SCE_JSON_CHECK_H

#include <stddef.h>
#include <stdint.h>

enum json_check {
	JSON_CHECK_OK,
	JSON_CHECK_UTF8,      /* not strict UTF-8, or a byte order mark */
	JSON_CHECK_CONTROL,   /* NUL or another raw control character */
	JSON_CHECK_SYNTAX,    /* what RFC 8259's grammar does not have */
	JSON_CHECK_SURROGATE, /* \uD800..\uDFFF without its other half */
	JSON_CHECK_NAME,      /* \u0000 in a name, where json-c stops */
	JSON_CHECK_DEPTH      /* nested deeper than JSON_DEPTH_MAX */
};

/*
 * Checks the whole grammar, because json-c lets much through that is not
 * JSON: single quotes, raw control characters, NaN and Infinity, "1.",
 * overlong UTF-8 and surrogates, anything behind a NUL; and without its strict
 * mode trailing commas and comments too.
 */
enum json_check json_check(const uint8_t *buf, size_t len);

#endif
