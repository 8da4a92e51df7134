/* SPDX-License-Identifier: MIT */
/*
 * A Python waits for the program: it is booted on a FIFO before there is one.
 * The commands of any other language are started when there is a program, first
 * the compiler, if it has one, then what runs the program. Nothing is left
 * between them but what lies in the folders.
 */
#include "guest/language/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/host.h"
#include "guest/run/place.h"

/* Words, -u, script, arguments, NULL. */
#define COMMAND_ARGV_MAX (WORDS_MAX + EXTRAS_ARGS_MAX + 3)
/* Beside the script: relative, the working directory is /box. */
#define SCRIPT_NEW ".main.new"
/* How often the FIFO is tried while the interpreter boots: milliseconds. */
#define READY_PROBE_MS 2

/* Starts a command, confined, behind the pipes of guest->child. 0, or -1 after
 * the host was told why. */
static int
start_command(struct guest *guest, const char *const argv[])
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
	if (start_command(guest, (const char *const *)words) == -1)
		return -1;
	child_finish(&guest->child);
	return 0;
}

/* Can each of the commands be executed here? */
static int
try_commands(struct guest *guest)
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

/* Is the command an interpreter that can wait for the program? */
static bool
can_wait(const struct guest *guest)
{
	return guest->compile[0] == NULL && guest->command[1] == NULL &&
	       words_name_python(guest->command[0]);
}

/* Runs the compiler or the program, from its start to its end. */
static int
run_command(struct guest *guest, struct pump *pump, const char *const argv[],
    enum frame_kind last)
{
	int rc;

	meter_start(&guest->meter);
	if (start_command(guest, argv) == -1)
		return -1;
	/* Of a Python, which could have waited, only what comes now counts. */
	if (can_wait(guest))
		meter_start(&guest->meter);
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

/* Runs the whole of a job on files: the compiler, the program. */
static int
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

/* Starts it, until it blocks in the open of its script, a FIFO. */
static int
boot_ahead(struct guest *guest)
{
	const char *const argv[] = { guest->command[0], guest->file, NULL };
	int seen;

	if (mkfifo(guest->file, 0644) == -1)
		return host_report(guest, "mkfifo of the script");
	if (start_command(guest, argv) == -1)
		return -1;
	for (;;) {
		guest->fifo_fd = open(
		    guest->file, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (guest->fifo_fd != -1)
			return 0;
		if (errno != ENXIO)
			return host_report(guest, "open of the script");
		seen = host_watch(guest, READY_PROBE_MS);
		if (seen == -1)
			return host_report(
			    guest, "the interpreter ended early");
		if (seen == 1)
			return -1; /* the host has hung up */
	}
}

/* Is the job one that the waiting interpreter cannot take? */
static bool
must_be_afresh(const struct guest *guest, const struct job *job)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];

	return (job->flags & JOB_UNBUFFERED) != 0 ||
	       extras_argv(job->extras, job->extras_len, argv) > 1 ||
	       strcmp(argv[0], guest->file) != 0 ||
	       source_encoding_needs_seek(job->code, job->code_len);
}

/* Runs it in another interpreter, on the file, with the job's arguments and
 * options. Nobody is to open the FIFO any more: not even the program. */
static int
run_afresh(struct guest *guest, const struct job *job, uint64_t started_us)
{
	child_finish(&guest->child);
	fd_close(&guest->fifo_fd);
	if (unlink(guest->file) == -1)
		return host_report(guest, "writing the program");
	return compile_and_run(guest, job, started_us);
}

/* Runs a job in the interpreter that waits, or else in one started afresh. */
static int
run_ahead(struct guest *guest, const struct job *job)
{
	struct pump pump = guest_begin_run(guest, job, io_now_us());

	if (must_be_afresh(guest, job))
		return run_afresh(guest, job, pump.started_us);
	/* A regular file takes the FIFO's place in one step. */
	if (place_file(SCRIPT_NEW, job->code, job->code_len) == -1 ||
	    rename(SCRIPT_NEW, guest->file) == -1)
		return host_report(guest, "writing the program");
	if (place_files(job->extras, job->extras_len) == -1)
		return host_report(guest, "writing the files");
	meter_start(&guest->meter);
	pump.fifo_fd = fd_take(&guest->fifo_fd);
	return pump_run(&pump, FRAME_VERDICT);
}

int
language_boot(struct guest *guest)
{
	return can_wait(guest) ? boot_ahead(guest) : try_commands(guest);
}

int
language_run(struct guest *guest, const struct job *job)
{
	return guest->fifo_fd != -1 ? run_ahead(guest, job)
				    : compile_and_run(guest, job, io_now_us());
}
