/* SPDX-License-Identifier: MIT */
/*
 * A program of the gate, from its fork to its return to Python. It is confined
 * before it reads what the run is, and reads that into memory of its own: the
 * gate never sees it.
 */
#include "guest/gate/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/fdpass.h"
#include "common/frame.h"
#include "common/io.h"
#include "guest/confine/confine.h"
#include "guest/gate/python.h"
#include "guest/run/place.h"

#define INTERPRETER "python3.11"
/* The run's socket in the program, after the pipes; close-on-exec. */
#define RUN_FD 3

/* The run's parts, as they come. */
struct load {
	struct gate_program head;
	uint8_t *extras; /* mapped; valid: the guest has looked */
	size_t bytes;    /* of extras and the text after them */
};

/* After this the pipes and RUN_FD are open, and nothing else. */
static int
place_fds(const int fds[GATE_FDS])
{
	/* First out of the way of these numbers. */
	int run = fcntl(fds[GATE_FD_RUN], F_DUPFD_CLOEXEC, RUN_FD + 1);

	if (run == -1 || fd_use_as_standard(fds) == -1 ||
	    dup3(run, RUN_FD, O_CLOEXEC) == -1)
		return -1;
	return fd_close_from(RUN_FD + 1, 0);
}

/* Waits for the load. 0, or -1 with errno. */
static int
read_load(struct load *load)
{
	if (io_read_all(RUN_FD, &load->head, sizeof(load->head), IO_FOREVER) ==
	    -1)
		return -1;
	if (load->head.extras_len > EXTRAS_BYTES_MAX ||
	    load->head.code_len > CODE_BYTES_MAX) {
		errno = EFBIG;
		return -1;
	}
	/* A mapping of its own can be given back. */
	load->bytes = (size_t)load->head.extras_len + load->head.code_len;
	load->extras = mmap(NULL, load->bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (load->extras == MAP_FAILED)
		return -1;
	return io_read_all(RUN_FD, load->extras, load->bytes, IO_FOREVER);
}

/* Puts the text and the files into the working directory. 1: the program needs
 * another interpreter than the one that the gate has booted; 0; -1 with errno.
 */
static int
place_load(const struct load *load)
{
	const struct gate_program *head = &load->head;
	const char *argv[EXTRAS_ARGS_MAX + 2];
	size_t count = extras_argv(load->extras, head->extras_len, argv);

	if (place_file(argv[0], load->extras + head->extras_len,
		head->code_len) == -1 ||
	    place_files(load->extras, head->extras_len) == -1)
		return -1;
	return (head->flags & JOB_UNBUFFERED) != 0 || count > 1 ||
	       strcmp(argv[0], EXTRAS_SCRIPT) != 0;
}

/* The guest reads the working directory when all that runs here is dead: only
 * then does nobody change it. An open directory outlives its namespace. */
static int
give_box(void)
{
	const struct gate_report report = { .kind = GATE_BOX };
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return -1;
	rc = fdpass_send(RUN_FD, &report, sizeof(report), fd);
	fd_close(&fd);
	return rc;
}

/* Becomes an interpreter with options and arguments of its own. */
static void
exec_afresh(const struct load *load)
{
	const char *argv[EXTRAS_ARGS_MAX + 4] = { INTERPRETER, "-u" };
	bool is_unbuffered = (load->head.flags & JOB_UNBUFFERED) != 0;

	(void)extras_argv(load->extras, load->head.extras_len,
	    is_unbuffered ? argv + 2 : argv + 1);
	(void)io_reset_signals();
	(void)execvp(INTERPRETER, (char *const *)(uintptr_t)argv);
}

void
program_become(const int fds[GATE_FDS])
{
	struct load load;
	int run_fd = RUN_FD;
	const char *step;
	int is_afresh;

	if (place_fds(fds) == -1)
		confine_fail(fds[GATE_FD_RUN], "pipes");
	step = confine_program(CONFINE_CAPABILITIES | CONFINE_LANDLOCK);
	if (step != NULL)
		confine_fail(RUN_FD, step);
	PyOS_AfterFork_Child(); /* runs what modules have hooked in */
	prefault_fetch();
	if (read_load(&load) == -1 || (is_afresh = place_load(&load)) == -1)
		confine_fail(RUN_FD, "main.py and its files");
	if ((load.head.flags & JOB_RETURN_FILES) != 0 && give_box() == -1)
		confine_fail(RUN_FD, "working directory");
	if (is_afresh == 1) {
		exec_afresh(&load);
		confine_fail(RUN_FD, "exec");
	}
	(void)munmap(load.extras, load.bytes);
	fd_close(&run_fd);
}
