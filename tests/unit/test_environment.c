/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/confine/confine.h"

static char threads[] = "OMP_NUM_THREADS=1";
static char backend[] = "MPLBACKEND=agg";

static void
is_the_same_whatever_the_image_says(void **state)
{
	char path[] = "PATH=/opt/bin";
	char preload[] = "LD_PRELOAD=/lib/x.so";
	char longer[] = "MPLBACKENDS=agg";
	char shorter[] = "MPLBACKEND";
	char *const image[] = { path, preload, longer, shorter, NULL };
	char *found[ENVIRONMENT_MAX];

	(void)state;
	environment_fill(found, image);
	assert_string_equal(found[0], "PATH=/usr/local/bin:/usr/bin:/bin");
	assert_string_equal(found[1], "HOME=/box");
	assert_string_equal(found[2], "USER=sandbox");
	assert_string_equal(found[3], "LANG=C.UTF-8");
	assert_null(found[4]);
}

static void
image_may_speak_of_threads_and_plots(void **state)
{
	char *const image[] = { threads, backend, NULL };
	char *found[ENVIRONMENT_MAX];

	(void)state;
	environment_fill(found, image);
	assert_ptr_equal(found[4], threads);
	assert_ptr_equal(found[5], backend);
	assert_null(found[6]);
}

static void
too_many_entries_are_left_out(void **state)
{
	char *const image[] = { threads, threads, threads, threads, threads,
		threads, threads, threads, threads, NULL };
	char *found[ENVIRONMENT_MAX];

	(void)state;
	environment_fill(found, image);
	assert_ptr_equal(found[ENVIRONMENT_MAX - 2], threads);
	assert_null(found[ENVIRONMENT_MAX - 1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_same_whatever_the_image_says),
		cmocka_unit_test(image_may_speak_of_threads_and_plots),
		cmocka_unit_test(too_many_entries_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
