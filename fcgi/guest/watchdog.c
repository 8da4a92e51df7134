/* SPDX-License-Identifier: MIT */
/* One thread on a static stack, asleep until there is a deadline. */
#include "guest/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include "common/io.h"

#define STACK_BYTES (32 * 1024)
/* It kills again and again, until PID 1 has reaped all and exits. */
#define AGAIN_US 50000
#define WATCHDOG_NEVER UINT64_MAX

static _Alignas(16) unsigned char watchdog_stack[STACK_BYTES];
static sem_t watchdog_armed;
static _Atomic uint64_t watchdog_deadline_us; /* written before the post */
static atomic_bool watchdog_fired;

static void
sleep_until(uint64_t deadline_us)
{
	struct timespec at = {
		.tv_sec = (time_t)(deadline_us / 1000000),
		.tv_nsec = (long)(deadline_us % 1000000) * 1000,
	};

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* Sleeps to the deadline that counts at its end: it may move on meanwhile. */
static void
sleep_to_deadline(void)
{
	uint64_t at_us;

	do {
		at_us = atomic_load(&watchdog_deadline_us);
		if (at_us == WATCHDOG_NEVER) {
			while (sem_wait(&watchdog_armed) == -1)
				;
		} else {
			sleep_until(at_us);
		}
	} while (at_us != atomic_load(&watchdog_deadline_us) ||
		 at_us == WATCHDOG_NEVER);
}

static void *
watch(void *unused)
{
	uint64_t at_us;

	sleep_to_deadline();
	for (at_us = io_now_us();; at_us += AGAIN_US) {
		sleep_until(at_us);
		atomic_store(&watchdog_fired, true);
		(void)kill(-1, SIGKILL);
	}
	return unused;
}

int
watchdog_start(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	watchdog_deadline_us = WATCHDOG_NEVER;
	if (sem_init(&watchdog_armed, 0, 0) == -1)
		return -1;
	errno = pthread_attr_init(&attr);
	if (errno == 0)
		errno = pthread_attr_setstack(
		    &attr, watchdog_stack, sizeof(watchdog_stack));
	if (errno == 0)
		errno = pthread_create(&thread, &attr, watch, NULL);
	return errno == 0 ? 0 : -1;
}

void
watchdog_arm(uint64_t deadline_us)
{
	/* It may be asleep to an earlier deadline: then it sees this one there,
	 * and a post too many only makes it look once more. */
	if (atomic_exchange(&watchdog_deadline_us, deadline_us) ==
	    WATCHDOG_NEVER)
		(void)sem_post(&watchdog_armed);
}

void
watchdog_disarm(void)
{
	atomic_store(&watchdog_deadline_us, WATCHDOG_NEVER);
}

bool
watchdog_has_fired(void)
{
	return atomic_load(&watchdog_fired);
}
