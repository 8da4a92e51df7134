/* SPDX-License-Identifier: MIT */
/* From how a program ended to the verdict on it. */
#include <signal.h>
#include <sys/wait.h>

#include "guest/fork/ask_gate.h"
#include "guest/run/pump.h"
#include "guest/run/watchdog.h"

void
pump_judge(struct pump *pump)
{
	struct verdict *verdict = &pump->verdict;

	verdict->cpu_us = meter_cpu_us(pump->meter);
	verdict->peak_memory_bytes = gate_peak_bytes(pump->child, pump->meter);
	if (pump->child->failure[0] != '\0') {
		verdict->kind = VERDICT_SANDBOX_FAILED;
	} else if (pump->in_grace || pump->is_out_of_cpu ||
		   watchdog_has_fired()) {
		verdict->kind = VERDICT_TIMED_OUT;
	} else if (WIFEXITED(pump->status)) {
		verdict->kind = VERDICT_EXITED;
		verdict->status = (uint32_t)WEXITSTATUS(pump->status);
	} else if (WTERMSIG(pump->status) == SIGKILL &&
		   meter_oom_kills(pump->meter) > 0) {
		verdict->kind = VERDICT_OUT_OF_MEMORY;
	} else {
		verdict->kind = VERDICT_SIGNALED;
		verdict->status = (uint32_t)WTERMSIG(pump->status);
	}
}
