/* SPDX-License-Identifier: MIT */
/*
 * Decides that a run has timed out: the deadline, the grace after it in which
 * the program may flush its output, and the CPU time. An alarm wakes the pump;
 * only the clock decides. The watchdog, one thread on a static stack, kills
 * when the pump itself is held up. If the guest fails, the responder decides a
 * second later (responder/run/run.c).
 */
#include "guest/run/pump.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

#include "common/io.h"

/* How long a program that ran out of time may flush its stdout. */
#define GRACE_US (200 * 1000)
/* The alarm rings again, should one wake-up be lost. */
#define ALARM_AGAIN_US 50000
#define CPU_LOOK_MIN_US 2000
/* From the end of the grace to the watchdog. */
#define WATCHDOG_MARGIN_US 50000
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

bool
watchdog_has_fired(void)
{
	return atomic_load(&watchdog_fired);
}

/* SIGALRM at that time, and again and again after it. */
static void
arm_alarm(uint64_t deadline_us)
{
	uint64_t now_us = io_now_us();
	uint64_t left_us = deadline_us > now_us ? deadline_us - now_us : 1;
	struct itimerval timer = {
		.it_value = { .tv_sec = (time_t)(left_us / 1000000),
		    .tv_usec = (suseconds_t)(left_us % 1000000) },
		.it_interval = { .tv_usec = ALARM_AGAIN_US },
	};

	(void)setitimer(ITIMER_REAL, &timer, NULL); /* valid by construction */
}

void
clock_start(struct pump *pump)
{
	arm_alarm(pump->deadline_us);
	watchdog_arm(pump->deadline_us + GRACE_US + WATCHDOG_MARGIN_US);
}

void
clock_stop(void)
{
	watchdog_arm(IO_FOREVER);
	(void)setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
}

bool
clock_is_up(const struct pump *pump)
{
	return io_now_us() >= pump->deadline_us;
}

void
clock_begin_grace(struct pump *pump)
{
	pump->in_grace = true;
	pump->deadline_us = io_now_us() + GRACE_US;
	arm_alarm(pump->deadline_us);
}

/* A look at the CPU time costs some, so there is one when it could be used up,
 * were eight cores busy with it. */
bool
clock_is_out_of_cpu(struct pump *pump)
{
	uint64_t limit_us = (uint64_t)pump->job->cpu_limit_ms * 1000;
	uint64_t now_us = io_now_us();
	uint64_t used_us;

	if (limit_us == 0 || pump->in_grace || now_us < pump->cpu_look_us)
		return false;
	used_us = meter_cpu_us(pump->meter);
	pump->is_out_of_cpu = used_us >= limit_us;
	if (pump->is_out_of_cpu)
		return true;
	pump->cpu_look_us = now_us + CPU_LOOK_MIN_US + (limit_us - used_us) / 8;
	arm_alarm(pump->cpu_look_us < pump->deadline_us ? pump->cpu_look_us
							: pump->deadline_us);
	return false;
}

bool
clock_has_timed_out(const struct pump *pump)
{
	return pump->in_grace || pump->is_out_of_cpu || watchdog_has_fired();
}
