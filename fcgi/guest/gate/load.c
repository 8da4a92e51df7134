/* SPDX-License-Identifier: MIT */
#include "guest/gate/load.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/frame.h"
#include "common/gate.h"
#include "common/io.h"
#include "guest/run/place.h"

#define INTERPRETER "python3.11"

/* Into a mapping of its own, so that it can be given back. */
static int
take_extras(struct load *load, int fd, uint32_t len)
{
	void *extras;

	if (len == 0)
		return 0;
	if (len > EXTRAS_BYTES_MAX) {
		errno = EFBIG;
		return -1;
	}
	extras = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (extras == MAP_FAILED)
		return -1;
	load->extras = extras;
	load->extras_len = len;
	return io_read_all(fd, extras, len, IO_FOREVER);
}

static int
place_script(const char *name, int run_fd, uint32_t left)
{
	char piece[8192];
	uint32_t n;
	int fd = place_open(name);
	int rc = -1;

	if (fd == -1)
		return -1;
	for (; left > 0; left -= n) {
		n = left < sizeof(piece) ? left : (uint32_t)sizeof(piece);
		if (io_read_all(run_fd, piece, n, IO_FOREVER) == -1 ||
		    io_write_all(fd, piece, n, IO_FOREVER) == -1)
			goto out;
	}
	rc = 0;
out:
	fd_close(&fd);
	return rc;
}

int
load_take(struct load *load, int run_fd)
{
	struct gate_program program;
	const char *argv[EXTRAS_ARGS_MAX + 2];
	size_t count;

	if (io_read_all(run_fd, &program, sizeof(program), IO_FOREVER) == -1 ||
	    take_extras(load, run_fd, program.extras_len) == -1)
		return -1;
	if (program.code_len > CODE_BYTES_MAX) {
		errno = EFBIG;
		return -1;
	}
	count = extras_argv(load->extras, load->extras_len, argv);
	load->is_unbuffered = (program.flags & JOB_UNBUFFERED) != 0;
	load->returns_files = (program.flags & JOB_RETURN_FILES) != 0;
	load->is_afresh = load->is_unbuffered || count > 1 ||
			  strcmp(argv[0], EXTRAS_SCRIPT) != 0;
	if (place_script(argv[0], run_fd, program.code_len) == -1)
		return -1;
	return place_files(load->extras, load->extras_len);
}

void
load_finish(struct load *load)
{
	if (load->extras != NULL)
		(void)munmap(load->extras, load->extras_len);
	load->extras = NULL;
	load->extras_len = 0;
}

void
load_exec(const struct load *load)
{
	const char *argv[EXTRAS_ARGS_MAX + 4] = { INTERPRETER, "-u" };

	(void)extras_argv(load->extras, load->extras_len,
	    load->is_unbuffered ? argv + 2 : argv + 1);
	(void)io_reset_signals();
	(void)execvp(INTERPRETER, (char *const *)(uintptr_t)argv);
}
