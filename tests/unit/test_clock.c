/* SPDX-License-Identifier: MIT */
/* A deadline that moves is kept where it is in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Its own would kill this test, and all else. */
#define kill note_kill
#include "guest/run/clock.c"
#undef kill

/* It would bring <signal.h>, and with it kill, too early. */
#include <sys/wait.h>

#define FAR_US (3600ull * 1000000)
/* Doubled as often as it was over before it was moved. */
#define NEAR_US (20ull * 1000)
#define NEAR_MAX_US (20ull * 1000000)
#define PATIENCE_S 60
/* Exit status of a process that was kept from moving a deadline in time. */
#define TOO_LATE 77

static sem_t kills;

int
note_kill(pid_t pid, int signal)
{
	assert_int_equal(pid, -1);
	assert_int_equal(signal, SIGKILL);
	return sem_post(&kills);
}

/* How often the other thread has gone to sleep so far. */
static unsigned long
sleeps(void)
{
	unsigned long count = 0;
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	char path[300];
	char line[128];
	FILE *file;

	assert_non_null(tasks);
	while ((task = readdir(tasks)) != NULL) {
		if (task->d_name[0] == '.' || atoi(task->d_name) == getpid())
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/task/%s/status",
		    task->d_name);
		file = fopen(path, "re");
		assert_non_null(file);
		while (fgets(line, sizeof(line), file) != NULL)
			(void)sscanf(
			    line, "voluntary_ctxt_switches: %lu", &count);
		(void)fclose(file);
	}
	(void)closedir(tasks);
	return count;
}

static void
await_sleep(unsigned long before)
{
	uint64_t until_us = io_now_us() + PATIENCE_S * 1000000ull;

	while (sleeps() == before) {
		assert_true(io_now_us() < until_us);
		(void)usleep(1000);
	}
}

static void
arm_and_let_it_sleep(uint64_t deadline_us)
{
	unsigned long before = sleeps();

	watchdog_arm(deadline_us);
	await_sleep(before);
}

/* Asleep to a near deadline it hears of another one, wakes, and sleeps on. */
static void
sleep_past(uint64_t near_us, void (*move_it)(void))
{
	uint64_t deadline_us = io_now_us() + near_us;
	unsigned long before;

	arm_and_let_it_sleep(deadline_us);
	before = sleeps();
	move_it();
	/* Had we been kept from it until then, it would be right to fire. */
	if (io_now_us() >= deadline_us)
		_exit(TOO_LATE);
	await_sleep(before);
	while (io_now_us() < deadline_us)
		(void)usleep(1000);
	assert_int_equal(sem_trywait(&kills), -1);
	assert_false(watchdog_has_fired());
}

static void
put_it_off(void)
{
	watchdog_arm(io_now_us() + FAR_US);
}

static void
move_to_and_fro(uint64_t near_us)
{
	struct timespec patience;

	assert_int_equal(sem_init(&kills, 0, 0), 0);
	assert_int_equal(watchdog_start(), 0);
	await_sleep(0);
	/* Put off, given up: not kept. */
	sleep_past(near_us, put_it_off);
	sleep_past(near_us, clock_stop);
	/* Asleep to one that is far, it hears of one that is near. */
	arm_and_let_it_sleep(io_now_us() + FAR_US);
	watchdog_arm(io_now_us() + near_us);
	(void)clock_gettime(CLOCK_REALTIME, &patience);
	patience.tv_sec += PATIENCE_S;
	assert_int_equal(sem_timedwait(&kills, &patience), 0);
	assert_true(watchdog_has_fired());
	/* And again, until the process ends. */
	assert_int_equal(sem_timedwait(&kills, &patience), 0);
}

/* In a process of its own, as a watchdog that has fired can not be stopped.
 * Returns its status. */
static int
try_to_and_fro(uint64_t near_us)
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		move_to_and_fro(near_us);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_deadline_moves_to_and_fro(void **state)
{
	uint64_t near_us = NEAR_US;
	int status;

	(void)state;
	while ((status = try_to_and_fro(near_us)) == TOO_LATE &&
	       near_us < NEAR_MAX_US)
		near_us *= 2;
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deadline_moves_to_and_fro),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
