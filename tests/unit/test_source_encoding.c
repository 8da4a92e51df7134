/* SPDX-License-Identifier: MIT */
/* Which encoding declarations call for an interpreter on a regular file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guest/language/language.h"

/* In a block of its very length, so that a sanitizer sees a read too far. */
static bool
needs_seek(const char *text)
{
	size_t len = strlen(text);
	uint8_t *code = malloc(len == 0 ? 1 : len);
	bool answer;

	assert_non_null(code);
	memcpy(code, text, len);
	answer = source_encoding_needs_seek(code, len);
	free(code);
	return answer;
}

static void
check_all(const char *const texts[], bool expected)
{
	size_t i;

	for (i = 0; texts[i] != NULL; i++)
		if (needs_seek(texts[i]) != expected)
			fail_msg("should be %s: %s", expected ? "yes" : "no",
			    texts[i]);
}

static void
program_without_declaration_needs_none(void **state)
{
	static const char *const texts[] = { "", "\n", "#", "# coding",
		"# coding:", "# coding=", "# coding: ", "# coding:\t\n",
		"print('hi')\n", "# encoding is a word\n", "\xef\xbb\xbf",
		"\xef\xbb", "\xef\xbb\xbfprint(1)\n", "# Coding: latin-1\n",
		"# coding : latin-1\n", "# coding:;latin-1\n", "\r\r\r\r\r",
		"\r\n", "# codin", "#coding:\n=latin-1\n", NULL };

	(void)state;
	check_all(texts, false);
}

static void
utf8_in_any_spelling_with_dash_needs_none(void **state)
{
	static const char *const texts[] = { "# coding: utf-8\n",
		"# -*- coding: utf-8 -*-\n", "# coding=UTF-8",
		"# vim: set fileencoding=utf_8 :\n", "#coding:Utf-8\r\n",
		"# coding: utf-8-sig\n", "# coding: utf_8_sig\n",
		"# coding: utf-8-unix\n", "\xef\xbb\xbf# coding: utf-8\n",
		"#!/usr/bin/python\n# coding: utf-8\n",
		"# coding: utf-8 coding: latin-1\n", NULL };

	(void)state;
	check_all(texts, false);
}

static void
any_other_name_needs_seek(void **state)
{
	static const char *const texts[] = { "# coding: latin-1\n",
		"# coding: utf8\n", "# coding: utf8", "# coding=cp1252\n",
		"#coding:utf-7\n", "# -*- coding: ascii -*-\n",
		"# coding: utf-8x\n", "# coding: utf-88\n", "# coding: utf-\n",
		"# coding: utf-8.\n", "# coding: u\n", "# coding: nonesuch\n",
		"# encoding: latin-1\n", "# coding:\t \tlatin-1\n",
		"# coding: coding: coding: koi8-r\n", "# codincoding=x\n",
		"\xef\xbb\xbf# coding: latin-1\n", "#coding=a", NULL };

	(void)state;
	check_all(texts, true);
}

static void
only_a_comment_alone_on_its_line_declares(void **state)
{
	static const char *const yes[] = { " \t\f# coding: latin-1\n",
		"\f# coding: latin-1\n", NULL };
	static const char *const no[] = { "x = 1 # coding: latin-1\n",
		"coding = latin\n", "\v# coding: latin-1\n",
		"'# coding: latin-1'\n", NULL };

	(void)state;
	check_all(yes, true);
	check_all(no, false);
}

static void
first_four_lines_count_however_they_end(void **state)
{
	static const char *const yes[] = { "#!x\n# coding: latin-1\n",
		"\n\n# coding: latin-1\n", "\n\n\n# coding: latin-1\n",
		"\r\n\r\n\r\n# coding: latin-1\r\n", "\r\r\r# coding: latin-1",
		"# coding: utf-8\n# coding: latin-1\n", NULL };
	static const char *const no[] = { "\n\n\n\n# coding: latin-1\n",
		"\r\n\r\n\r\n\r\n# coding: latin-1\r\n",
		"\r\r\r\r# coding: latin-1", NULL };

	(void)state;
	check_all(yes, true);
	check_all(no, false);
}

static void
every_byte_value_is_looked_at_without_harm(void **state)
{
	uint8_t code[256 + 16] = "# coding: ";
	size_t start = strlen((const char *)code);
	size_t i;

	(void)state;
	for (i = 0; i < 256; i++) {
		code[start] = (uint8_t)i;
		/* Only what may stand in a name makes this a declaration. */
		assert_int_equal(source_encoding_needs_seek(code, start + 1),
		    i != 0 && strchr("-_.0123456789abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
				  (int)i) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_without_declaration_needs_none),
		cmocka_unit_test(utf8_in_any_spelling_with_dash_needs_none),
		cmocka_unit_test(any_other_name_needs_seek),
		cmocka_unit_test(only_a_comment_alone_on_its_line_declares),
		cmocka_unit_test(first_four_lines_count_however_they_end),
		cmocka_unit_test(every_byte_value_is_looked_at_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
