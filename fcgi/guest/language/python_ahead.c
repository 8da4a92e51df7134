/* SPDX-License-Identifier: MIT */
/* The stock interpreter, on a FIFO before there is a program. */
#include "guest/language/python_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/host.h"
#include "guest/language/compile_and_run.h"
#include "guest/language/source_encoding.h"
#include "guest/run/place.h"

/* Beside the script: relative, the working directory is /box. */
#define SCRIPT_NEW ".main.new"
/* How often the FIFO is tried while the interpreter boots: milliseconds. */
#define READY_PROBE_MS 2

bool
python_ahead_is_possible(const struct guest *guest)
{
	return guest->compile[0] == NULL && guest->command[1] == NULL &&
	       words_name_python(guest->command[0]);
}

int
python_ahead_boot(struct guest *guest)
{
	const char *const argv[] = { guest->command[0], guest->file, NULL };
	int seen;

	if (mkfifo(guest->file, 0644) == -1)
		return host_report(guest, "mkfifo of the script");
	if (command_start(guest, argv) == -1)
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

int
python_ahead_run(struct guest *guest, const struct job *job)
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
