/* SPDX-License-Identifier: MIT */
/* When containers that nobody answers for are looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "supervisor/supervisor.h"

#define NOW_US 5000000ull
#define OTHER_PID 99999999 /* above every real one */

static int
set_up(void **state)
{
	struct supervisor *sup = calloc(1, sizeof(*sup));

	if (sup == NULL)
		return -1;
	config_set_defaults(&sup->config);
	(void)snprintf(sup->config.docker_cli, sizeof(sup->config.docker_cli),
	    "/bin/true");
	sup->docker.config = &sup->config;
	docker_client_init(&sup->sweeper);
	docker_client_init(&sup->inspector);
	*state = sup;
	return 0;
}

static int
tear_down(void **state)
{
	struct supervisor *sup = *state;

	docker_client_finish(&sup->sweeper);
	docker_client_finish(&sup->inspector);
	free(sup);
	return 0;
}

static void
the_next_look_is_an_interval_away(void **state)
{
	struct supervisor *sup = *state;

	sweep_begin(sup, NOW_US);
	assert_true(sup->sweeper.pid > 0);
	assert_true(sup->sweep_is_listing);
	assert_int_equal(sup->next_sweep_us,
	    NOW_US + sup->config.sweep_interval_ms * 1000ull);
	assert_int_equal(waitpid(sup->sweeper.pid, NULL, 0), sup->sweeper.pid);
	assert_int_equal(
	    waitpid(sup->inspector.pid, NULL, 0), sup->inspector.pid);
}

/* Docker may take 10 s to remove one container: what else was found then
 * would stay for another interval. */
static void
while_one_removes_the_next_is_only_put_off(void **state)
{
	struct supervisor *sup = *state;

	sup->sweeper.pid = OTHER_PID;
	sup->inspector.pid = OTHER_PID;
	sweep_begin(sup, NOW_US);
	assert_int_equal(sup->sweeper.pid, OTHER_PID);
	assert_false(sup->sweep_is_listing);
	assert_int_equal(sup->next_sweep_us, NOW_US + SWEEP_SOON_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_next_look_is_an_interval_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    while_one_removes_the_next_is_only_put_off, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
