/* SPDX-License-Identifier: MIT */
/* args, files, memory, language and version of /run. */
#include "request_support.h"

#include "common/args_and_files.h"

#define CODE "{\"code\": \"pass\", "

static void
without_them_there_is_nothing_to_send(void **state)
{
	struct request request = parse_ok("{\"code\": \"pass\"}");

	(void)state;
	assert_int_equal(request.extras.len, 0);
	assert_int_equal(request.memory_bytes, 0);
	request_finish(&request);
}

static void
files_are_returned_if_it_says_so(void **state)
{
	struct request request = parse_ok(CODE "\"return_files\": true}");

	(void)state;
	assert_true(request.returns_files);
	request_finish(&request);
	request = parse_ok(CODE "\"return_files\": false}");
	assert_false(request.returns_files);
	request_finish(&request);
	request = parse_ok("{\"code\": \"pass\"}");
	assert_false(request.returns_files);
	request_finish(&request);
	assert_refused(CODE "\"return_files\": 1}",
	    "\"return_files\" must be true or false");
	assert_refused(CODE "\"return_files\": null}",
	    "\"return_files\" must be true or false");
}

static void
args_are_as_they_came(void **state)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	struct request request = parse_ok(
	    CODE "\"args\": [\"\", \"--x=\\u00e4\", \"a b\"]}");

	(void)state;
	assert_true(extras_are_valid(request.extras.data, request.extras.len));
	assert_int_equal(
	    extras_argv(request.extras.data, request.extras.len, argv), 4);
	assert_string_equal(argv[0], "main.py");
	assert_string_equal(argv[1], "");
	assert_string_equal(argv[2], "--x=\303\244");
	assert_string_equal(argv[3], "a b");
	request_finish(&request);
}

static void
files_in_three_encodings(void **state)
{
	struct request request = parse_ok(CODE
	    "\"files\": [{\"name\": \"a\", \"content\": \"\\u00e4\\u0000\"}, "
	    "{\"name\": \"d/b\", \"content\": \"AP8=\", \"encoding\": "
	    "\"base64\"}, {\"name\": \"d/c\", \"content\": \"00Ff\", "
	    "\"encoding\": \"hex\"}]}");
	struct extras_cursor cursor;
	struct extras_file file;

	(void)state;
	assert_true(extras_are_valid(request.extras.data, request.extras.len));
	extras_files(&cursor, request.extras.data, request.extras.len);
	assert_true(extras_next(&cursor, &file));
	assert_string_equal(file.path, "a");
	assert_int_equal(file.len, 3);
	assert_memory_equal(file.data, "\303\244\0", 3);
	assert_true(extras_next(&cursor, &file));
	assert_string_equal(file.path, "d/b");
	assert_int_equal(file.len, 2);
	assert_memory_equal(file.data, "\0\377", 2);
	assert_true(extras_next(&cursor, &file));
	assert_int_equal(file.len, 2);
	assert_memory_equal(file.data, "\0\377", 2);
	assert_false(extras_next(&cursor, &file));
	request_finish(&request);
}

static void
bad_args_are_refused(void **state)
{
	(void)state;
	assert_refused(
	    CODE "\"args\": \"x\"}", "\"args\" must be an array of strings");
	assert_refused(
	    CODE "\"args\": null}", "\"args\" must be an array of strings");
	assert_refused(
	    CODE "\"args\": [\"a\", 1]}", "args[1] must be a string");
	assert_refused(CODE "\"args\": [\"a\\u0000b\"]}",
	    "args[0] must not contain a NUL character");
}

static void
refuse_file(const char *file, const char *message)
{
	char body[1024];

	(void)snprintf(body, sizeof(body), CODE "\"files\": [%s]}", file);
	assert_refused(body, message);
}

static void
bad_files_are_refused(void **state)
{
	static const char name[] =
	    "A file's name must be a relative path without . and .., of 8 "
	    "components at the most";
	static const char twice[] = "Two files have the same name, or one that "
				    "is the other's folder";

	(void)state;
	assert_refused(CODE "\"files\": {}}",
	    "\"files\" must be an array of objects such as {\"name\": "
	    "\"a.txt\", \"content\": \"...\"}");
	refuse_file("5", "\"files\" must be an array of objects such as "
			 "{\"name\": \"a.txt\", \"content\": \"...\"}");
	refuse_file("{\"name\": \"a\"}",
	    "A file needs a name and a content, as in {\"name\": \"a.txt\", "
	    "\"content\": \"...\"}");
	refuse_file("{\"name\": \"a\", \"content\": 5}",
	    "A file's content must be a string");
	refuse_file(
	    "{\"name\": 1, \"content\": \"\"}", "\"name\" must be a string");
	refuse_file("{\"name\": \"a\", \"content\": \"\", \"mode\": 1}",
	    "Unknown member \"mode\": a file has name, content and encoding");
	refuse_file("{\"name\": \"../a\", \"content\": \"\"}", name);
	refuse_file("{\"name\": \"/a\", \"content\": \"\"}", name);
	refuse_file("{\"name\": \"\", \"content\": \"\"}", name);
	refuse_file("{\"name\": \"a\\u0000b\", \"content\": \"\"}",
	    "\"name\" must not contain a NUL character");
	refuse_file("{\"name\": \"a\", \"content\": \"\", \"encoding\": "
		    "\"utf-8\"}",
	    "A file's encoding must be utf8, base64 or hex");
	refuse_file("{\"name\": \"a\", \"content\": \"AP8\", \"encoding\": "
		    "\"base64\"}",
	    "A file's content is not valid base64");
	refuse_file("{\"name\": \"a\", \"content\": \"0\", \"encoding\": "
		    "\"hex\"}",
	    "A file's content is not valid hex");
	refuse_file("{\"name\": \"a\", \"content\": \"0g\", \"encoding\": "
		    "\"hex\"}",
	    "A file's content is not valid hex");
	refuse_file("{\"name\": \"main.py\", \"content\": \"\"}", twice);
	refuse_file("{\"name\": \"main.py/a\", \"content\": \"\"}", twice);
	refuse_file("{\"name\": \"a\", \"content\": \"\"}, "
		    "{\"name\": \"a\", \"content\": \"\"}",
	    twice);
	refuse_file("{\"name\": \"a/b\", \"content\": \"\"}, "
		    "{\"name\": \"a\", \"content\": \"\"}",
	    twice);
	refuse_file("{\"name\": \"a\", \"content\": \"0123456789abcdef\"}, "
		    "{\"name\": \"ab\", \"content\": "
		    "\"0123456789abcdef0\"}",
	    "Files too long: the limit is 32 bytes in all");
}

/* One more than there may be. */
static void
many_are_refused(void **state)
{
	char body[8192] = CODE "\"args\": [\"\"";
	size_t i;

	(void)state;
	for (i = 0; i < EXTRAS_ARGS_MAX; i++)
		strcat(body, ",\"\"");
	strcat(body, "]}");
	assert_refused(body, "Too many args: 65, the limit is 64");
	strcpy(body, CODE "\"files\": [1");
	for (i = 0; i < EXTRAS_FILES_MAX; i++)
		strcat(body, ",1");
	strcat(body, "]}");
	assert_refused(body, "Too many files: 65, the limit is 64");
}

static void
memory_within_what_there_is(void **state)
{
	struct request request = parse_ok(CODE "\"memory\": 33554432}");

	(void)state;
	assert_int_equal(request.memory_bytes, 33554432);
	request_finish(&request);
	assert_refused(CODE "\"memory\": 33554431}",
	    "memory must be between 33554432 and 134217728 bytes");
	assert_refused(CODE "\"memory\": 134217729}",
	    "memory must be between 33554432 and 134217728 bytes");
	assert_refused(CODE "\"memory\": -1}",
	    "memory must be between 33554432 and 134217728 bytes");
	assert_refused(CODE "\"memory\": \"64m\"}",
	    "\"memory\" must be a number of bytes");
}

static void
language_and_version(void **state)
{
	struct request request = parse_ok(
	    CODE "\"language\": \"py\", \"version\": \"3.x\"}");

	(void)state;
	request_finish(&request);
	assert_refused(CODE "\"language\": \"co\\\"bol\"}",
	    "There is no \"co\\\"bol\" in version \"*\": use python 3.11.2");
	assert_refused(CODE "\"version\": \"2.7\"}",
	    "There is no \"python\" in version \"2.7\": use python 3.11.2");
	assert_refused(
	    CODE "\"language\": 5}", "\"language\" must be a string");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_them_there_is_nothing_to_send),
		cmocka_unit_test(files_are_returned_if_it_says_so),
		cmocka_unit_test(args_are_as_they_came),
		cmocka_unit_test(files_in_three_encodings),
		cmocka_unit_test(bad_args_are_refused),
		cmocka_unit_test(bad_files_are_refused),
		cmocka_unit_test(many_are_refused),
		cmocka_unit_test(memory_within_what_there_is),
		cmocka_unit_test(language_and_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
