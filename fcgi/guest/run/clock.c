/* SPDX-License-Identifier: MIT */
/* The alarm that wakes the pump, and a look at the CPU time. */
#include <sys/time.h>

#include "common/io.h"
#include "guest/run/pump.h"

/* The alarm rings again, should one wake-up be lost. */
#define ALARM_AGAIN_US 50000
#define CPU_LOOK_MIN_US 2000

void
pump_arm_alarm(uint64_t deadline_us)
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
pump_disarm_alarm(void)
{
	const struct itimerval never = { .it_value = { .tv_sec = 0 } };

	(void)setitimer(ITIMER_REAL, &never, NULL);
}

bool
pump_has_cpu_time(struct pump *pump)
{
	uint64_t limit_us = (uint64_t)pump->job->cpu_limit_ms * 1000;
	uint64_t now_us = io_now_us();
	uint64_t used_us;

	if (limit_us == 0 || pump->in_grace || now_us < pump->cpu_look_us)
		return true;
	used_us = meter_cpu_us(pump->meter);
	if (used_us >= limit_us) {
		pump->is_out_of_cpu = true;
		return false;
	}
	pump->cpu_look_us = now_us + CPU_LOOK_MIN_US + (limit_us - used_us) / 8;
	pump_arm_alarm(pump->cpu_look_us < pump->deadline_us
			   ? pump->cpu_look_us
			   : pump->deadline_us);
	return true;
}
