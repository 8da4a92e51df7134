/* SPDX-License-Identifier: MIT */
/* No control character leaves us raw, and nothing else changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "responder/json/write.h"

static void
expect(const char *value, const char *expected)
{
	struct json_object *object = json_object_new_string(value);
	size_t len = 0;
	char *line = json_text_line(object, &len);

	assert_non_null(line);
	assert_string_equal(line, expected);
	assert_int_equal(len, strlen(line));
	free(line);
	json_object_put(object);
}

static void
controls_are_escaped(void **state)
{
	(void)state;
	expect("\x1b[31m", "\"\\u001b[31m\"\n");
	expect("a\x7f"
	       "b",
	    "\"a\\u007fb\"\n");
	expect("\xc2\x9b"
	       "31m",
	    "\"\\u009b31m\"\n");
	expect("\xc2\x80\xc2\x9f", "\"\\u0080\\u009f\"\n");
}

static void
all_else_stays(void **state)
{
	(void)state;
	expect("\xc2\xa0\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8d",
	    "\"\xc2\xa0\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8d\"\n");
	expect("</script>", "\"</script>\"\n");
	expect("", "\"\"\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_are_escaped),
		cmocka_unit_test(all_else_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
