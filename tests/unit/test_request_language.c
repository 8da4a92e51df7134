/* SPDX-License-Identifier: MIT */
/* A row of the table decides on parts of a request, for /run and for Piston. */
#include "request_support.h"

#include "common/args_and_files.h"
#include "responder/api/piston/piston.h"

#define CODE "{\"code\": \"x\", "
#define PISTON(language)                                                       \
	"{\"language\": \"" language "\", \"version\": \"*\", "                \
	"\"files\": [{\"content\": \"x\"}]"

static const char *
script_of(const struct request *request)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];

	(void)extras_argv(request->extras.data, request->extras.len, argv);
	return argv[0];
}

static struct request
piston_ok(const char *body)
{
	struct request request;
	struct refusal refusal;

	if (parse_as(&dialect_piston, (const uint8_t *)body, strlen(body),
		&request, &refusal) == -1)
		fail_msg("%.80s: %s", body, refusal.message);
	return request;
}

static void
piston_refused(const char *body, const char *message)
{
	struct request request;
	struct refusal refusal;

	assert_int_equal(parse_as(&dialect_piston, (const uint8_t *)body,
			     strlen(body), &request, &refusal),
	    -1);
	assert_string_equal(refusal.message, message);
}

static void
the_first_row_unless_told(void **state)
{
	struct request request = parse_ok("{\"code\": \"x\"}");

	(void)state;
	assert_ptr_equal(request.language, &table.rows[ROW_PYTHON]);
	assert_int_equal(request.wall_limit_ms, WALL_MS_DEFAULT);
	assert_int_equal(request.extras.len, 0);
	request_finish(&request);
}

static void
a_row_has_limits_and_a_file_of_its_own(void **state)
{
	struct request request = parse_ok(CODE "\"language\": \"sh\"}");

	(void)state;
	assert_ptr_equal(request.language, &table.rows[ROW_SHELL]);
	assert_int_equal(request.wall_limit_ms, 1000);
	assert_string_equal(script_of(&request), "main.sh");
	request_finish(&request);
	request = parse_ok(CODE "\"language\": \"sh\", \"args\": [\"a\"], "
				"\"timeout\": 2, \"memory\": 67108864}");
	assert_int_equal(request.wall_limit_ms, 2000);
	assert_int_equal(request.memory_bytes, 64 << 20);
	assert_string_equal(script_of(&request), "main.sh");
	request_finish(&request);
	assert_refused(CODE "\"language\": \"sh\", \"timeout\": 2.1}",
	    "timeout must be between 0.1 and 2 seconds");
	assert_refused(CODE "\"language\": \"sh\", \"memory\": 67108865}",
	    "memory must be between 33554432 and 67108864 bytes");
	assert_refused(CODE "\"language\": \"sh\", \"files\": [{\"name\": "
			    "\"main.sh\", \"content\": \"\"}]}",
	    "Two files have the same name, or one that is the other's folder");
}

/* One clock for both. */
static void
a_compiler_shares_the_time(void **state)
{
	struct request request = parse_ok(CODE "\"language\": \"checked\"}");

	(void)state;
	assert_int_equal(request.wall_limit_ms, 3000);
	assert_int_equal(request.compile_wall_limit_ms, 0);
	request_finish(&request);
}

static void
piston_picks_a_row(void **state)
{
	struct request request = piston_ok(PISTON("sh") "}");

	(void)state;
	assert_ptr_equal(request.language, &table.rows[ROW_SHELL]);
	assert_int_equal(request.wall_limit_ms, 1000);
	assert_int_equal(request.compile_wall_limit_ms, 0);
	assert_string_equal(script_of(&request), "main.sh");
	request_finish(&request);
	piston_refused(PISTON("sh") ", \"run_timeout\": 2001}",
	    "run_timeout cannot exceed the configured limit of 2000");
	piston_refused(PISTON("sh") ", \"run_memory_limit\": 67108865}",
	    "run_memory_limit cannot exceed the configured limit of 67108864");
	/* There is no compiler: any number will do. */
	request = piston_ok(PISTON("sh") ", \"compile_timeout\": 99999, "
					 "\"compile_memory_limit\": 5}");
	assert_int_equal(request.compile_wall_limit_ms, 0);
	assert_int_equal(request.memory_bytes, 0);
	request_finish(&request);
}

static void
piston_has_limits_of_a_compiler(void **state)
{
	struct request request = piston_ok(PISTON("checked") "}");

	(void)state;
	assert_int_equal(request.wall_limit_ms, 3000);
	assert_int_equal(request.compile_wall_limit_ms, 3000);
	assert_int_equal(request.memory_bytes, 0);
	request_finish(&request);
	request = piston_ok(
	    PISTON("checked") ", \"compile_timeout\": 20000, "
			      "\"run_timeout\": 500, "
			      "\"compile_memory_limit\": 100000000, "
			      "\"run_memory_limit\": 200000000}");
	assert_int_equal(request.wall_limit_ms, 500);
	assert_int_equal(request.compile_wall_limit_ms, 20000);
	assert_int_equal(request.memory_bytes, 100000000);
	request_finish(&request);
	request = piston_ok(
	    PISTON("checked") ", \"run_memory_limit\": 90000000}");
	assert_int_equal(request.memory_bytes, 90000000);
	request_finish(&request);
	piston_refused(PISTON("checked") ", \"compile_timeout\": 20001}",
	    "compile_timeout cannot exceed the configured limit of 20000");
	piston_refused(
	    PISTON("checked") ", \"compile_memory_limit\": 268435457}",
	    "compile_memory_limit cannot exceed the configured limit of "
	    "268435456");
	piston_refused(PISTON("checked") ", \"compile_memory_limit\": 5}",
	    "compile_memory_limit must be at least 33554432");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_row_unless_told),
		cmocka_unit_test(a_row_has_limits_and_a_file_of_its_own),
		cmocka_unit_test(a_compiler_shares_the_time),
		cmocka_unit_test(piston_picks_a_row),
		cmocka_unit_test(piston_has_limits_of_a_compiler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
