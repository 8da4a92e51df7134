/* SPDX-License-Identifier: MIT */
/* The stock interpreter, on a FIFO before there is a program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/guest.h"

#define SCRIPT "main.py" /* relative: the working directory is /box */
#define SCRIPT_NEW ".main.py.new"
/* How often the FIFO is tried while the interpreter boots: milliseconds. */
#define READY_PROBE_MS 2

static int
boot(struct guest *guest, bool unbuffered)
{
	char error[CHILD_ERROR_MAX];
	char script[] = SCRIPT;
	char option[] = "-u";
	char *const plain[] = { guest->interpreter, script, NULL };
	char *const live[] = { guest->interpreter, option, script, NULL };
	char *const *argv = unbuffered ? live : plain;

	if (child_boot(&guest->child, argv, guest->landlock_required, NULL,
		error) == 0)
		return 0;
	(void)host_send(guest, FRAME_SETUP_ERROR, error, strlen(error));
	return -1;
}

int
boot_on_fifo(struct guest *guest)
{
	int seen;

	if (mkfifo(SCRIPT, 0644) == -1)
		return host_report(guest, "mkfifo " SCRIPT);
	if (boot(guest, false) == -1)
		return -1;
	for (;;) {
		guest->fifo_fd = open(
		    SCRIPT, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (guest->fifo_fd != -1)
			return 0;
		if (errno != ENXIO)
			return host_report(guest, "open " SCRIPT);
		seen = host_watch(guest, READY_PROBE_MS);
		if (seen == -1)
			return host_report(
			    guest, "the interpreter ended early");
		if (seen == 1)
			return -1; /* the host has hung up */
	}
}

int
boot_place_script(struct guest *guest, const struct job *job)
{
	int fd;
	int rc;

	fd = open(SCRIPT_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return host_report(guest, "creating " SCRIPT);
	rc = io_write_all(fd, job->code, job->code_len, IO_FOREVER);
	fd_close(&fd);
	if (rc == -1 || rename(SCRIPT_NEW, SCRIPT) == -1)
		return host_report(guest, "writing " SCRIPT);
	return 0;
}

int
boot_on_file(struct guest *guest, bool unbuffered)
{
	child_finish(&guest->child);
	fd_close(&guest->fifo_fd);
	return boot(guest, unbuffered);
}
