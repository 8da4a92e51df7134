/* SPDX-License-Identifier: MIT */
/*
 * What is expected comes from Python 3.11: bytes.decode(errors="replace"),
 * and for a cut stream an error handler which returns "" instead of U+FFFD
 * when the reason is "unexpected end of data".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"

#define BYTES(literal)                                                         \
	{                                                                      \
		(literal), sizeof(literal) - 1                                 \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct bytes {
	const char *data;
	size_t len;
};

struct repair_case {
	struct bytes in;
	struct bytes out;
	size_t cut_len; /* what a cut stream has less of out */
};

#define R "\xef\xbf\xbd" /* the replacement character */

static const struct repair_case repair_cases[] = {
	{ BYTES("\x41"), BYTES("\x41"), 0 },
	{ BYTES("\x00"), BYTES("\x00"), 0 },
	{ BYTES("\x7f"), BYTES("\x7f"), 0 },
	{ BYTES("\x80"), BYTES(R), 0 },
	{ BYTES("\xbf"), BYTES(R), 0 },
	{ BYTES("\xc0"), BYTES(R), 0 },
	{ BYTES("\xc1"), BYTES(R), 0 },
	{ BYTES("\xc2"), BYTES(R), 3 },
	{ BYTES("\xc2\x80"), BYTES("\xc2\x80"), 0 },
	{ BYTES("\xdf\xbf"), BYTES("\xdf\xbf"), 0 },
	{ BYTES("\xc2\xc2"), BYTES(R R), 3 },
	{ BYTES("\xc2\x41"), BYTES(R "\x41"), 0 },
	{ BYTES("\xc0\x80"), BYTES(R R), 0 },
	{ BYTES("\xc0\xaf"), BYTES(R R), 0 },
	{ BYTES("\xe0"), BYTES(R), 3 },
	{ BYTES("\xe0\x80"), BYTES(R R), 0 },
	{ BYTES("\xe0\x80\xaf"), BYTES(R R R), 0 },
	{ BYTES("\xe0\x9f\xbf"), BYTES(R R R), 0 },
	{ BYTES("\xe0\xa0"), BYTES(R), 3 },
	{ BYTES("\xe0\xa0\x80"), BYTES("\xe0\xa0\x80"), 0 },
	{ BYTES("\xe0\xa0\x41"), BYTES(R "\x41"), 0 },
	{ BYTES("\xe1\x80\x80"), BYTES("\xe1\x80\x80"), 0 },
	{ BYTES("\xe1\xa0\xe9"), BYTES(R R), 3 },
	{ BYTES("\xed\xa0"), BYTES(R R), 0 },
	{ BYTES("\xed\xa0\x80"), BYTES(R R R), 0 },
	{ BYTES("\xed\xbf\xbf"), BYTES(R R R), 0 },
	{ BYTES("\xed\x9f\xbf"), BYTES("\xed\x9f\xbf"), 0 },
	{ BYTES("\xed\xa0\xbd\xed\xb8\x80"), BYTES(R R R R R R), 0 },
	{ BYTES("\xee\x80\x80"), BYTES("\xee\x80\x80"), 0 },
	{ BYTES("\xef\xbf\xbd"), BYTES(R), 0 },
	{ BYTES("\xef\xbf\xbf"), BYTES("\xef\xbf\xbf"), 0 },
	{ BYTES("\xef\xbb\xbf\x41"), BYTES("\xef\xbb\xbf\x41"), 0 },
	{ BYTES("\xef\xbf"), BYTES(R), 3 },
	{ BYTES("\xf0"), BYTES(R), 3 },
	{ BYTES("\xf0\x80\x80\xaf"), BYTES(R R R R), 0 },
	{ BYTES("\xf0\x8f\xbf\xbf"), BYTES(R R R R), 0 },
	{ BYTES("\xf0\x90"), BYTES(R), 3 },
	{ BYTES("\xf0\x90\x80"), BYTES(R), 3 },
	{ BYTES("\xf0\x90\x80\x80"), BYTES("\xf0\x90\x80\x80"), 0 },
	{ BYTES("\xf0\x9f\x98\x80"), BYTES("\xf0\x9f\x98\x80"), 0 },
	{ BYTES("\xf0\x9f\x98"), BYTES(R), 3 },
	{ BYTES("\xf0\x9f\x98\x41"), BYTES(R "\x41"), 0 },
	{ BYTES("\xf0\x9f\x98\xf0\x9f\x98\x80"), BYTES(R "\xf0\x9f\x98\x80"),
	    0 },
	{ BYTES("\xf1\x80\xbf"), BYTES(R), 3 },
	{ BYTES("\xf1\x80\x80\xe1\x80\xc2\x62"), BYTES(R R R "\x62"), 0 },
	{ BYTES("\xf4\x8f\xbf\xbf"), BYTES("\xf4\x8f\xbf\xbf"), 0 },
	{ BYTES("\xf4\x90\x80\x80"), BYTES(R R R R), 0 },
	{ BYTES("\xf4\x91\x80\x80"), BYTES(R R R R), 0 },
	{ BYTES("\xf4\x8f"), BYTES(R), 3 },
	{ BYTES("\xf5"), BYTES(R), 0 },
	{ BYTES("\xf5\x80\x80\x80"), BYTES(R R R R), 0 },
	{ BYTES("\xf7\xbf\xbf\xbf"), BYTES(R R R R), 0 },
	{ BYTES("\xf8\x88\x80\x80\x80"), BYTES(R R R R R), 0 },
	{ BYTES("\xfc\x84\x80\x80\x80\x80"), BYTES(R R R R R R), 0 },
	{ BYTES("\xfe"), BYTES(R), 0 },
	{ BYTES("\xff"), BYTES(R), 0 },
	{ BYTES("\xfe\xff"), BYTES(R R), 0 },
	{ BYTES("\xff\xfe\x41\x00"), BYTES(R R "\x41\x00"), 0 },
	{ BYTES("\xc3\xa9\xc3"), BYTES("\xc3\xa9" R), 3 },
	{ BYTES("\xe2\x82\xac\xe2\x82"), BYTES("\xe2\x82\xac" R), 3 },
	{ BYTES("\xe2\x82\xe2\x82\xac"), BYTES(R "\xe2\x82\xac"), 0 },
	{ BYTES("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\x64\x80"),
	    BYTES("\x61" R R R "\x62" R "\x63" R "\x64" R), 0 },
	{ BYTES("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"),
	    BYTES(R R R R R R R R "\x41"), 0 },
	{ BYTES("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"),
	    BYTES(R R R R R R R R "\x41"), 0 },
	{ BYTES("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"),
	    BYTES(R R R R R "\x41" R R "\x42"), 0 },
	{ BYTES("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), BYTES(R R R R "\x41"),
	    0 },
};

/* A heap block of exactly len bytes: a sanitizer sees one byte too far. */
static uint8_t *
exact_copy(const struct bytes *bytes)
{
	uint8_t *copy = malloc(bytes->len);

	if (bytes->len > 0) {
		assert_non_null(copy);
		memcpy(copy, bytes->data, bytes->len);
	}
	return copy;
}

static void
assert_repaired(const struct repair_case *c, bool cut, size_t expected_len)
{
	uint8_t *in = exact_copy(&c->in);
	uint8_t *out = malloc(c->in.len * UTF8_REPAIR_GROWTH);

	assert_non_null(out);
	assert_int_equal(utf8_repair(in, c->in.len, cut, out), expected_len);
	assert_memory_equal(out, c->out.data, expected_len);
	free(out);
	free(in);
}

static void
repair_is_that_of_python(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(repair_cases); i++)
		assert_repaired(
		    &repair_cases[i], false, repair_cases[i].out.len);
}

static void
cut_character_is_dropped(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(repair_cases); i++)
		assert_repaired(&repair_cases[i], true,
		    repair_cases[i].out.len - repair_cases[i].cut_len);
}

static void
nothing_stays_nothing(void **state)
{
	size_t code_points = 7;

	(void)state;
	assert_int_equal(utf8_repair(NULL, 0, false, NULL), 0);
	assert_int_equal(utf8_repair(NULL, 0, true, NULL), 0);
	assert_true(utf8_check(NULL, 0, &code_points));
	assert_int_equal(code_points, 0);
}

/* FNV-1a over the repair of buf and a newline. */
static uint64_t
hash_repair(uint64_t hash, const uint8_t *buf, size_t len, bool cut)
{
	uint8_t out[4 * UTF8_REPAIR_GROWTH + 1];
	size_t out_len = utf8_repair(buf, len, cut, out);

	out[out_len++] = '\n';
	for (size_t i = 0; i < out_len; i++)
		hash = (hash ^ out[i]) * 0x100000001b3;
	return hash;
}

/* All two bytes, then all four bytes out of those that stand at an edge. */
static uint64_t
hash_all_repairs(bool cut)
{
	static const uint8_t edges[] = { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90,
		0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
		0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff };
	const size_t n = COUNT(edges);
	uint64_t hash = 0xcbf29ce484222325;

	for (unsigned i = 0; i < 65536; i++) {
		uint8_t buf[] = { (uint8_t)(i >> 8), (uint8_t)i };

		hash = hash_repair(hash, buf, sizeof(buf), cut);
	}
	for (size_t i = 0; i < n * n * n * n; i++) {
		uint8_t buf[] = { edges[i / (n * n * n)],
			edges[i / (n * n) % n], edges[i / n % n],
			edges[i % n] };

		hash = hash_repair(hash, buf, sizeof(buf), cut);
	}
	return hash;
}

/* The same 522,512 strings in the same order, hashed in Python. */
static void
half_a_million_repairs_are_those_of_python(void **state)
{
	(void)state;
	assert_true(hash_all_repairs(false) == 0x5df8c19b2f83c485);
	assert_true(hash_all_repairs(true) == 0xb0b95baaa9120eb5);
}

/* What the repair would leave alone is valid, and nothing else. */
static void
check_agrees_with_the_repair(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(repair_cases); i++) {
		const struct repair_case *c = &repair_cases[i];
		uint8_t *in = exact_copy(&c->in);
		bool same = c->in.len == c->out.len &&
			    memcmp(c->in.data, c->out.data, c->in.len) == 0;

		assert_int_equal(utf8_check(in, c->in.len, NULL), same);
		free(in);
	}
}

static void
code_points_are_counted(void **state)
{
	static const char text[] = "a\0\u00e9\u20ac\U0001f600\U0010ffff";
	size_t code_points = 0;

	(void)state;
	assert_true(
	    utf8_check((const uint8_t *)text, sizeof(text) - 1, &code_points));
	assert_int_equal(code_points, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repair_is_that_of_python),
		cmocka_unit_test(cut_character_is_dropped),
		cmocka_unit_test(nothing_stays_nothing),
		cmocka_unit_test(half_a_million_repairs_are_those_of_python),
		cmocka_unit_test(check_agrees_with_the_repair),
		cmocka_unit_test(code_points_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
