/* SPDX-License-Identifier: MIT */
/*
 * A language whose interpreter cannot wait for the program: its commands are
 * started when there is one, first the compiler, if it has one, then what runs
 * the program. Nothing is left between them but what lies in the folders.
 */
#include "guest/language/compile_and_run.h"

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/host.h"
#include "guest/run/place.h"

/* Words, -u, script, arguments, NULL. */
#define COMMAND_ARGV_MAX (WORDS_MAX + EXTRAS_ARGS_MAX + 3)

int
command_start(struct guest *guest, const char *const argv[])
{
	char error[CHILD_ERROR_MAX];

	if (child_boot(&guest->child, (char *const *)(uintptr_t)argv,
		guest->landlock_required, NULL, error) == 0)
		return 0;
	return host_report_sentence(guest, error);
}

/* Executes a command and ends it at once, before it has anything to work on:
 * then each step from the fork to the exec is known to be possible here. */
static int
try_command(struct guest *guest, char *const words[])
{
	if (command_start(guest, (const char *const *)words) == -1)
		return -1;
	child_finish(&guest->child);
	return 0;
}

int
compile_and_run_try(struct guest *guest)
{
	if (guest->compile[0] != NULL &&
	    try_command(guest, guest->compile) == -1)
		return -1;
	return try_command(guest, guest->command);
}

/* A Python gets -u if the job's output is not to be held back. */
static void
fill_argv(const char *argv[COMMAND_ARGV_MAX], char *const words[],
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

/* Runs the compiler or the program, from its start to its end. */
static int
run_command(struct guest *guest, struct pump *pump, const char *const argv[],
    enum frame_kind last)
{
	int rc;

	meter_start(&guest->meter);
	if (command_start(guest, argv) == -1)
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
	const char *argv[COMMAND_ARGV_MAX];
	uint8_t verdict[FRAME_VERDICT_LEN];
	struct job compiler = *job;
	struct pump pump;

	compiler.stdin_len = 0;
	compiler.cpu_limit_ms = 0;
	compiler.flags &= ~JOB_RETURN_FILES; /* it is asked of the program */
	if (job->compile_wall_limit_ms > 0)
		compiler.wall_limit_ms = job->compile_wall_limit_ms;
	pump = guest_begin_run(guest, &compiler, started_us);
	fill_argv(argv, guest->compile, rest, false);
	if (run_command(guest, &pump, argv, FRAME_COMPILED) == -1)
		return -1;
	if (verdict_is_success(&pump.verdict))
		return 1;
	frame_encode_verdict(verdict, &pump.verdict);
	return host_send(guest, FRAME_VERDICT, verdict, sizeof(verdict));
}

int
compile_and_run(struct guest *guest, const struct job *job, uint64_t started_us)
{
	const char *rest[EXTRAS_ARGS_MAX + 2];
	const char *argv[COMMAND_ARGV_MAX];
	struct pump pump = guest_begin_run(guest, job, started_us);
	int rc;

	(void)extras_argv(job->extras, job->extras_len, rest);
	if (place_file(rest[0], job->code, job->code_len) == -1)
		return host_report(guest, "writing the program");
	if (place_files(job->extras, job->extras_len) == -1)
		return host_report(guest, "writing the files");
	if (guest->compile[0] != NULL) {
		rc = compile(guest, job, rest[0], started_us);
		if (rc != 1)
			return rc;
		pump.started_us = io_now_us();
		if (job->compile_wall_limit_ms > 0) /* else it is for both */
			pump.deadline_us += pump.started_us - started_us;
	}
	fill_argv(
	    argv, guest->command, rest, (job->flags & JOB_UNBUFFERED) != 0);
	return run_command(guest, &pump, argv, FRAME_VERDICT);
}
