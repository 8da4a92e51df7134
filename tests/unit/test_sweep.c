/* SPDX-License-Identifier: MIT */
/* When containers that nobody answers for are looked for, and in which order
 * they go. */
#include "supervisor_support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/io.h"

#define NOW_US 5000000ull
#define OTHER_PID 99999999 /* above every real one */

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

/* It may be past the language that somebody has just asked for. */
static void
while_images_are_looked_up_the_next_is_not_far(void **state)
{
	struct supervisor *sup = *state;

	sup->inspector.pid = OTHER_PID;
	sweep_begin(sup, NOW_US);
	assert_int_equal(sup->next_sweep_us, NOW_US + SWEEP_SOON_US);
	assert_int_equal(waitpid(sup->sweeper.pid, NULL, 0), sup->sweeper.pid);
}

static void
in_doubt_the_next_look_is_soon(void **state)
{
	struct supervisor *sup = *state;

	sup->next_sweep_us = IO_FOREVER - 1;
	assert_true(sweep_settle(sup, NOW_US) == IO_FOREVER - 1);
	sup->is_docker_in_doubt = true;
	assert_int_equal(sweep_settle(sup, NOW_US), NOW_US + SWEEP_SOON_US);
	/* Never later than it was due. */
	sup->is_docker_in_doubt = true;
	assert_int_equal(sweep_settle(sup, NOW_US + 1), NOW_US + SWEEP_SOON_US);
	assert_int_equal(sup->sweeper.pid, -1);
}

/* While Docker answers and will not remove, the wait goes on growing. */
static void
what_is_quarantined_is_hurried_once_docker_is_back(void **state)
{
	struct supervisor *sup = *state;
	struct box *box = &sup->boxes[0];

	set_state(&sup->pool, 0, SLOT_DEAD, 1);
	box->ending = ENDING_QUARANTINE;
	box->deadline_us = IO_FOREVER;
	sup->sweep_is_listing = true;
	sup->sweeper.pid = OTHER_PID;
	assert_true(sweep_on_exit(sup, OTHER_PID, 0));
	assert_true(box->deadline_us == IO_FOREVER);
	sup->sweeper.pid = OTHER_PID;
	assert_true(sweep_on_exit(sup, OTHER_PID, 1));
	assert_true(box->deadline_us == IO_FOREVER);
	sup->sweeper.pid = OTHER_PID;
	assert_true(sweep_on_exit(sup, OTHER_PID, 0));
	assert_true(box->deadline_us <= io_now_us());
}

/* --- a docker client that lists two and removes none ---------------------- */

static char client[] = "/tmp/sce-test-sweep-XXXXXX";

static void
make_client(struct supervisor *sup)
{
	static const char text[] =
	    "#!/bin/sh\n"
	    "case $1 in\n"
	    "ps) printf 'sce-0-3-1a7\\nsce-0-3-1a\\n' ;;\n"
	    "rm) echo \"$*\" >>\"$0.rm\"; exit 1 ;;\n"
	    "esac\n";
	int fd = mkstemp(client);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	(void)snprintf(sup->config.docker_cli, sizeof(sup->config.docker_cli),
	    "%s", client);
}

static void
await_sweeper(struct supervisor *sup)
{
	pid_t pid = sup->sweeper.pid;
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(sweep_on_exit(sup, pid, status));
}

/* Lists, and removes what an earlier listing had already. */
static void
sweep(struct supervisor *sup)
{
	sup->inspector.pid = OTHER_PID; /* no image is looked up */
	sweep_begin(sup, NOW_US);
	await_sweeper(sup);
	if (sup->sweeper.pid != -1)
		await_sweeper(sup);
}

static void
one_that_stays_does_not_keep_the_others(void **state)
{
	struct supervisor *sup = *state;
	char log[sizeof(client) + 4];
	char line[80];
	FILE *file;

	make_client(sup);
	sweep(sup);
	sweep(sup);
	sweep(sup);
	(void)snprintf(log, sizeof(log), "%s.rm", client);
	file = fopen(log, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	/* The shorter name was listed before, too, behind the longer one. */
	assert_string_equal(line, "rm --force sce-0-3-1a7 sce-0-3-1a\n");
	assert_non_null(fgets(line, sizeof(line), file));
	assert_string_equal(line, "rm --force sce-0-3-1a\n");
	assert_null(fgets(line, sizeof(line), file));
	(void)fclose(file);
	(void)unlink(log);
	(void)unlink(client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_next_look_is_an_interval_away, make_supervisor,
		    free_supervisor),
		cmocka_unit_test_setup_teardown(
		    while_one_removes_the_next_is_only_put_off, make_supervisor,
		    free_supervisor),
		cmocka_unit_test_setup_teardown(
		    while_images_are_looked_up_the_next_is_not_far,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(in_doubt_the_next_look_is_soon,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(
		    what_is_quarantined_is_hurried_once_docker_is_back,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(
		    one_that_stays_does_not_keep_the_others, make_supervisor,
		    free_supervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
