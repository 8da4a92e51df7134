/* SPDX-License-Identifier: MIT */
/* One thread on a static stack, asleep until there is a deadline. */
#include "guest/run/pump.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include "common/io.h"

#define STACK_BYTES (32 * 1024)
/* It kills again and again, until PID 1 has reaped all and exits. */
#define AGAIN_US 50000

static _Alignas(16) unsigned char watchdog_stack[STACK_BYTES];
/* Held for no longer than it takes to write the deadline: never in a read. */
static pthread_mutex_t watchdog_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t watchdog_moved;
static uint64_t watchdog_deadline_us = IO_FOREVER;
static uint64_t watchdog_wakes_us; /* up to then it sleeps */
static atomic_bool watchdog_fired;

static struct timespec
time_of(uint64_t us)
{
	return (struct timespec){ .tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000) * 1000 };
}

/* The deadline moves meanwhile, to and fro. */
static void
wait_for_deadline(void)
{
	struct timespec at;

	(void)pthread_mutex_lock(&watchdog_lock);
	while (io_now_us() < watchdog_deadline_us) {
		at = time_of(watchdog_deadline_us);
		watchdog_wakes_us = watchdog_deadline_us;
		if (watchdog_deadline_us == IO_FOREVER)
			(void)pthread_cond_wait(
			    &watchdog_moved, &watchdog_lock);
		else
			(void)pthread_cond_timedwait(
			    &watchdog_moved, &watchdog_lock, &at);
	}
	(void)pthread_mutex_unlock(&watchdog_lock);
}

static void *
watch(void *unused)
{
	const struct timespec again = time_of(AGAIN_US);

	wait_for_deadline();
	for (;;) {
		atomic_store(&watchdog_fired, true);
		(void)kill(-1, SIGKILL);
		(void)nanosleep(&again, NULL);
	}
	return unused;
}

int
watchdog_start(void)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;
	pthread_t thread;

	/* Deadlines are points on the clock that nobody sets. */
	if ((errno = pthread_condattr_init(&clock)) != 0 ||
	    (errno = pthread_condattr_setclock(&clock, CLOCK_MONOTONIC)) != 0 ||
	    (errno = pthread_cond_init(&watchdog_moved, &clock)) != 0 ||
	    (errno = pthread_attr_init(&attr)) != 0 ||
	    (errno = pthread_attr_setstack(
		 &attr, watchdog_stack, sizeof(watchdog_stack))) != 0 ||
	    (errno = pthread_create(&thread, &attr, watch, NULL)) != 0)
		return -1;
	return 0;
}

void
watchdog_arm(uint64_t deadline_us)
{
	(void)pthread_mutex_lock(&watchdog_lock);
	watchdog_deadline_us = deadline_us;
	/* Woken too early it sleeps on; no run has to pay for that. */
	if (deadline_us < watchdog_wakes_us)
		(void)pthread_cond_signal(&watchdog_moved);
	(void)pthread_mutex_unlock(&watchdog_lock);
}

void
watchdog_disarm(void)
{
	watchdog_arm(IO_FOREVER);
}

bool
watchdog_has_fired(void)
{
	return atomic_load(&watchdog_fired);
}
