/* SPDX-License-Identifier: MIT */
#include "reply_support.h"

#include "languages_support.h"
#include "responder/api/piston/piston.h"
#include "responder/api/serve.h"

#define LANGUAGE ",\"language\":\"python\",\"version\":\"3.11.2\"}\n"

static struct run_watcher watcher;

/* Its output came in this order. */
static struct result
measured(
    enum verdict_kind kind, uint32_t status, const char *out, const char *err)
{
	struct result result = result_of(kind, status, out, err);

	result.verdict.wall_us = 154499;
	result.verdict.cpu_us = 8500;
	result.verdict.peak_memory_bytes = 9876543;
	order_reset(&watcher.order);
	assert_int_equal(
	    order_note(&watcher.order, ORDER_STDOUT, result.stdout_len), 0);
	assert_int_equal(
	    order_note(&watcher.order, ORDER_STDERR, result.stderr_len), 0);
	return result;
}

static int
format(const struct result *result, struct reply *reply)
{
	const struct request request = { .language = &table.rows[ROW_PYTHON] };
	const struct run run = { .result = *result, .watcher = &watcher };

	return piston_format_result(&run, &request, reply);
}

static void
assert_body(const struct result *result, const char *body)
{
	struct reply reply;

	assert_int_equal(format(result, &reply), 0);
	assert_int_equal(reply.http_status, 200);
	assert_string_equal(reply.body, body);
	assert_int_equal(reply.body_len, strlen(body));
	reply_finish(&reply);
}

static void
a_program_that_does_well(void **state)
{
	const struct result result = measured(VERDICT_EXITED, 0, "hi\n", "");

	(void)state;
	assert_body(&result,
	    "{\"run\":{\"signal\":null,\"stdout\":\"hi\\n\",\"stderr\":\"\","
	    "\"code\":0,\"output\":\"hi\\n\",\"memory\":9876543,"
	    "\"message\":null,\"status\":null,\"cpu_time\":9,"
	    "\"wall_time\":154}" LANGUAGE);
}

static void
one_that_fails(void **state)
{
	const struct result result = measured(VERDICT_EXITED, 3, "", "no\n");

	(void)state;
	assert_body(&result,
	    "{\"run\":{\"signal\":null,\"stdout\":\"\",\"stderr\":\"no\\n\","
	    "\"code\":3,\"output\":\"no\\n\",\"memory\":9876543,"
	    "\"message\":\"Exited with error status 3\",\"status\":\"RE\","
	    "\"cpu_time\":9,\"wall_time\":154}" LANGUAGE);
}

/* The members that differ from ending to ending. */
static void
assert_ending(const struct result *result, const char *signal, const char *code,
    const char *message, const char *status)
{
	struct reply reply;

	assert_int_equal(format(result, &reply), 0);
	assert_non_null(strstr(reply.body, signal));
	assert_non_null(strstr(reply.body, code));
	assert_non_null(strstr(reply.body, message));
	assert_non_null(strstr(reply.body, status));
	reply_finish(&reply);
}

static void
other_endings(void **state)
{
	struct result result = measured(VERDICT_SIGNALED, 11, "", "");

	(void)state;
	assert_ending(&result, "{\"signal\":\"SIGSEGV\",", "\"code\":null,",
	    "\"message\":\"Caught fatal signal 11\",", "\"status\":\"SG\",");
	result = measured(VERDICT_TIMED_OUT, 0, "", "");
	assert_ending(&result, "{\"signal\":\"SIGKILL\",", "\"code\":null,",
	    "\"message\":\"Time limit exceeded (wall clock)\",",
	    "\"status\":\"TO\",");
	result = measured(VERDICT_OUT_OF_MEMORY, 0, "", "");
	assert_ending(&result, "{\"signal\":\"SIGKILL\",", "\"code\":null,",
	    "\"message\":\"Memory limit exceeded (128 MB)\",",
	    "\"status\":\"SG\",");
	result = measured(VERDICT_SANDBOX_FAILED, 0, "", "");
	assert_ending(&result, "{\"signal\":null,", "\"code\":null,",
	    "\"message\":\"The sandbox ended without a result: the program may "
	    "have run in part\",",
	    "\"status\":\"XX\",");
}

static void
too_much_output_is_kept_and_told(void **state)
{
	struct result result = measured(VERDICT_EXITED, 0, "\303\244\303", "e");

	(void)state;
	result.verdict.truncated = VERDICT_TRUNCATED_STDOUT;
	assert_ending(&result, "{\"signal\":null,", "\"code\":0,",
	    "\"message\":\"stdout length exceeded\",", "\"status\":\"OL\",");
	assert_ending(
	    &result, "\"stdout\":\"\303\244\",", "\"stderr\":\"e\",", "", "");
	result.verdict.truncated = VERDICT_TRUNCATED_STDERR;
	assert_ending(&result, "", "\"code\":0,",
	    "\"message\":\"stderr length exceeded\",", "\"status\":\"EL\",");
	/* The first reason of all is that it took too long. */
	result.verdict.kind = VERDICT_TIMED_OUT;
	assert_ending(&result, "", "\"code\":null,", "Time limit exceeded",
	    "\"status\":\"TO\",");
}

static void
output_is_in_the_order_of_arrival(void **state)
{
	const struct result result = measured(VERDICT_EXITED, 0, "abc", "XYZ");

	(void)state;
	order_reset(&watcher.order);
	order_note(&watcher.order, ORDER_STDOUT, 1);
	order_note(&watcher.order, ORDER_STDERR, 2);
	order_note(&watcher.order, ORDER_STDOUT, 1);
	order_note(&watcher.order, ORDER_STDOUT, 1);
	order_note(&watcher.order, ORDER_STDERR, 1);
	assert_ending(&result, "\"stdout\":\"abc\",", "\"stderr\":\"XYZ\",",
	    "\"output\":\"aXYbcZ\",", "");
}

static void
bytes_that_are_no_text_are_replaced(void **state)
{
	const struct result result = measured(VERDICT_EXITED, 0, "\377", "\"");

	(void)state;
	assert_ending(&result, "\"stdout\":\"\357\277\275\",",
	    "\"stderr\":\"\\\"\",", "\"output\":\"\357\277\275\\\"\",", "");
}

static void
a_refusal_is_a_message(void **state)
{
	struct refusal refusal = { .http_status = 400,
		.message = "language is required as a string" };
	struct reply reply;

	(void)state;
	assert_int_equal(reply_set_sentence(&reply, refusal.http_status,
			     dialect_piston.refusal, refusal.message),
	    0);
	assert_int_equal(reply.http_status, 400);
	assert_string_equal(
	    reply.body, "{\"message\":\"language is required as a string\"}\n");
	reply_finish(&reply);
}

#define RAN                                                                    \
	"{\"signal\":null,\"stdout\":\"hi\",\"stderr\":\"\",\"code\":0,"       \
	"\"output\":\"hi\",\"memory\":9876543,\"message\":null,"               \
	"\"status\":null,\"cpu_time\":9,\"wall_time\":154}"
#define FAILED                                                                 \
	"{\"signal\":null,\"stdout\":\"\",\"stderr\":\"no\",\"code\":1,"       \
	"\"output\":\"no\",\"memory\":0,"                                      \
	"\"message\":\"Exited with error status 1\",\"status\":\"RE\","        \
	"\"cpu_time\":0,\"wall_time\":0}"

/* The compiler's output has an order of its own. */
static void
a_compiler_has_a_member_of_its_own(void **state)
{
	const struct request request = { .language = &table.rows[ROW_CHECKED] };
	struct run run = {
		.result = measured(VERDICT_EXITED, 0, "hi", ""),
		.compiler = result_of(VERDICT_EXITED, 1, "", "no"),
		.watcher = &watcher,
	};
	struct reply reply;

	(void)state;
	assert_int_equal(order_note(&watcher.compiler, ORDER_STDERR, 2), 0);
	assert_int_equal(piston_format_result(&run, &request, &reply), 0);
	assert_string_equal(reply.body,
	    "{\"compile\":" FAILED ",\"run\":" RAN
	    ",\"language\":\"checked\",\"version\":\"3.11.2\"}\n");
	reply_finish(&reply);
	run.is_compiling = true;
	assert_int_equal(piston_format_result(&run, &request, &reply), 0);
	assert_string_equal(reply.body,
	    "{\"compile\":" FAILED ",\"run\":" FAILED
	    ",\"language\":\"checked\",\"version\":\"3.11.2\"}\n");
	reply_finish(&reply);
}

static void
all_languages_are_listed(void **state)
{
	struct service service = { .options.languages = table };
	struct answer answer = { .refusal = NULL };

	(void)state;
	assert_int_equal(piston_list_runtimes(&service, &answer), 0);
	assert_int_equal(answer.reply.http_status, 200);
	assert_string_equal(answer.reply.body,
	    "[{\"language\":\"python\",\"version\":\"3.11.2\",\"aliases\":"
	    "[\"py\",\"py3\",\"python3\",\"python3.11\"]},"
	    "{\"language\":\"shell\",\"version\":\"0.5.12\",\"aliases\":"
	    "[\"sh\"]},"
	    "{\"language\":\"checked\",\"version\":\"3.11.2\",\"aliases\":"
	    "[]}]\n");
	reply_finish(&answer.reply);
}

static int
tear_down(void **state)
{
	(void)state;
	run_watcher_finish(&watcher);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_that_does_well),
		cmocka_unit_test(one_that_fails),
		cmocka_unit_test(other_endings),
		cmocka_unit_test(too_much_output_is_kept_and_told),
		cmocka_unit_test(output_is_in_the_order_of_arrival),
		cmocka_unit_test(bytes_that_are_no_text_are_replaced),
		cmocka_unit_test(a_refusal_is_a_message),
		cmocka_unit_test(a_compiler_has_a_member_of_its_own),
		cmocka_unit_test(all_languages_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
