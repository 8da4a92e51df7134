/* SPDX-License-Identifier: MIT */
/* The stock interpreter, on a FIFO before there is a program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/guest.h"
#include "guest/language/source_encoding.h"
#include "guest/run/place.h"

/* Beside the script: relative, the working directory is /box. */
#define SCRIPT_NEW ".main.new"
/* How often the FIFO is tried while the interpreter boots: milliseconds. */
#define READY_PROBE_MS 2
/* Interpreter, -u, script, arguments, NULL. */
#define BOOT_ARGV_MAX (EXTRAS_ARGS_MAX + 4)

int
boot_command(struct guest *guest, char *const argv[])
{
	char error[CHILD_ERROR_MAX];

	if (child_boot(&guest->child, argv, guest->landlock_required, NULL,
		error) == 0)
		return 0;
	(void)host_send(guest, FRAME_SETUP_ERROR, error, strlen(error));
	return -1;
}

bool
boot_is_ahead(const struct guest *guest)
{
	return guest->compile[0] == NULL && guest->command[1] == NULL &&
	       words_name_python(guest->command[0]);
}

int
boot_on_fifo(struct guest *guest)
{
	const char *const argv[] = { guest->command[0], guest->file, NULL };
	int seen;

	if (mkfifo(guest->file, 0644) == -1)
		return host_report(guest, "mkfifo of the script");
	if (boot_command(guest, (char *const *)(uintptr_t)argv) == -1)
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

static void
dismiss(struct guest *guest)
{
	child_finish(&guest->child);
	fd_close(&guest->fifo_fd);
}

/* The program as a regular file, put in the FIFO's place in one step. */
static int
replace_fifo(const struct guest *guest, const struct job *job)
{
	if (place_file(SCRIPT_NEW, job->code, job->code_len) == -1)
		return -1;
	return rename(SCRIPT_NEW, guest->file);
}

/* Nobody is to open the FIFO any more: not even the program. */
static int
place_elsewhere(struct guest *guest, const struct job *job, const char *name)
{
	dismiss(guest);
	if (unlink(guest->file) == -1)
		return -1;
	return place_file(name, job->code, job->code_len);
}

int
boot_place_job(struct guest *guest, const struct job *job)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	int rc;

	(void)extras_argv(job->extras, job->extras_len, argv);
	rc = strcmp(argv[0], guest->file) == 0
		 ? replace_fifo(guest, job)
		 : place_elsewhere(guest, job, argv[0]);
	if (rc == -1)
		return host_report(guest, "writing the program");
	if (place_files(job->extras, job->extras_len) == -1)
		return host_report(guest, "writing the files");
	return 0;
}

int
boot_on_file(struct guest *guest, const struct job *job)
{
	const char *argv[BOOT_ARGV_MAX] = { guest->command[0], "-u" };
	bool unbuffered = (job->flags & JOB_UNBUFFERED) != 0;

	(void)extras_argv(
	    job->extras, job->extras_len, unbuffered ? argv + 2 : argv + 1);
	dismiss(guest);
	return boot_command(guest, (char *const *)(uintptr_t)argv);
}

bool
boot_must_be_afresh(const struct guest *guest, const struct job *job)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];

	return (job->flags & JOB_UNBUFFERED) != 0 ||
	       extras_argv(job->extras, job->extras_len, argv) > 1 ||
	       strcmp(argv[0], guest->file) != 0 ||
	       cookie_needs_seek(job->code, job->code_len);
}
