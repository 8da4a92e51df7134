/* SPDX-License-Identifier: MIT */
/*
 * A language whose interpreter can not wait for the program: its commands are
 * started when there is one, first the compiler, if it has one, then what runs
 * the program. Between them nothing is left but what lies in the folders.
 */
#include <string.h>

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/guest.h"
#include "guest/run/place.h"
#include "guest/run/pump.h"
#include "guest/run/watchdog.h"

/* Words, -u, script, arguments, NULL. */
#define STAGE_ARGV_MAX (WORDS_MAX + EXTRAS_ARGS_MAX + 3)

/* Executed and ended at once, before it has anything to work on: then each
 * step from the fork to the exec is known to be possible here. */
static int
try_command(struct guest *guest, char *const words[])
{
	if (boot_command(guest, words) == -1)
		return -1;
	child_finish(&guest->child);
	return 0;
}

int
stages_try(struct guest *guest)
{
	if (guest->compile[0] != NULL &&
	    try_command(guest, guest->compile) == -1)
		return -1;
	return try_command(guest, guest->command);
}

/* All that the job brings, where nothing is yet. */
static int
place_job(struct guest *guest, const struct job *job, const char *name)
{
	if (place_file(name, job->code, job->code_len) == -1)
		return host_report(guest, "writing the program");
	if (place_files(job->extras, job->extras_len) == -1)
		return host_report(guest, "writing the files");
	return 0;
}

/* What of it is Python does not hold back its output either. */
static void
fill_argv(const char *argv[STAGE_ARGV_MAX], char *const words[],
    const char *const rest[], bool unbuffered)
{
	size_t count = 0;

	argv[count++] = *words++;
	if (unbuffered && words_name_python(argv[0]))
		argv[count++] = "-u";
	while (*words != NULL)
		argv[count++] = *words++;
	while (*rest != NULL)
		argv[count++] = *rest++;
	argv[count] = NULL;
}

/* One of the two, from its start to its end. */
static int
run_stage(struct guest *guest, struct pump *pump, const char *const argv[],
    enum frame_kind last)
{
	int rc;

	pump->host_fd = guest->host_fd;
	pump->signal_fd = guest->signal_fd;
	pump->fifo_fd = -1;
	pump->child = &guest->child;
	pump->meter = &guest->meter;
	meter_start(&guest->meter);
	if (boot_command(guest, (char *const *)(uintptr_t)argv) == -1)
		return -1;
	rc = pump_run(pump, last);
	child_finish(&guest->child);
	return rc;
}

/* 1: the program is to run; 0: it is not, and the host knows why; or -1. */
static int
compile(struct guest *guest, const struct job *job, const char *name,
    uint64_t started_us)
{
	const char *const rest[] = { name, NULL };
	const char *argv[STAGE_ARGV_MAX];
	uint8_t verdict[FRAME_VERDICT_LEN];
	struct job compiler = *job;
	struct pump pump = { .job = &compiler, .started_us = started_us };
	uint32_t limit_ms = job->compile_wall_limit_ms;

	compiler.stdin_len = 0;
	compiler.cpu_limit_ms = 0;
	compiler.flags &= ~JOB_RETURN_FILES; /* it is asked of the program */
	limit_ms = limit_ms > 0 ? limit_ms : job->wall_limit_ms;
	pump.deadline_us = started_us + (uint64_t)limit_ms * 1000;
	fill_argv(argv, guest->compile, rest, false);
	if (run_stage(guest, &pump, argv, FRAME_COMPILED) == -1)
		return -1;
	if (verdict_is_success(&pump.verdict))
		return 1;
	frame_encode_verdict(verdict, &pump.verdict);
	return host_send(guest, FRAME_VERDICT, verdict, sizeof(verdict));
}

int
stages_run(struct guest *guest, const struct job *job)
{
	const char *rest[EXTRAS_ARGS_MAX + 2];
	const char *argv[STAGE_ARGV_MAX];
	struct pump pump = { .job = job, .started_us = io_now_us() };
	uint64_t shared_us = pump.started_us;
	int rc;

	(void)extras_argv(job->extras, job->extras_len, rest);
	if (place_job(guest, job, rest[0]) == -1)
		return -1;
	if (guest->compile[0] != NULL) {
		rc = compile(guest, job, rest[0], pump.started_us);
		if (rc != 1)
			return rc;
		pump.started_us = io_now_us();
		if (job->compile_wall_limit_ms > 0)
			shared_us = pump.started_us;
	}
	pump.deadline_us = shared_us + (uint64_t)job->wall_limit_ms * 1000;
	fill_argv(
	    argv, guest->command, rest, (job->flags & JOB_UNBUFFERED) != 0);
	return run_stage(guest, &pump, argv, FRAME_VERDICT);
}
