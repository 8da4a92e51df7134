/* SPDX-License-Identifier: MIT */
/*
 * sce-guest: PID 1 of a sandbox. Theory of operation:
 *
 *   1. Undumpable first, so that same-uid code can not reach our descriptors
 *      through /proc; all signals blocked, read from a signalfd.
 *   2. Dial the slot's socket: from here on it is our life line. Its end of
 *      file, at any time, ends us and with us the whole container.
 *   3. Boot the stock interpreter on a FIFO named main.py. It blocks in open;
 *      when ours for writing succeeds, it is there: READY.
 *   4. A job comes: STARTED, main.py becomes a regular file by rename, the
 *      code goes into the FIFO (or, for an odd encoding, into an interpreter
 *      booted afresh on that file). pump.c does the rest.
 *   5. The verdict was the last frame. Exit.
 *
 * Nothing is allocated; code of strangers gets pipes and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/frame.h"
#include "common/io.h"
#include "guest/child.h"
#include "guest/cookie.h"
#include "guest/meter.h"
#include "guest/pump.h"

#define SCRIPT "main.py" /* relative: the working directory is /box */
#define SCRIPT_NEW ".main.py.new"
/* How often the FIFO is tried while the interpreter boots: milliseconds. */
#define READY_PROBE_MS 2
/* A host that is slower than this in mid-job or mid-frame is gone. */
#define HOST_PATIENCE_US (5 * 1000000)

struct guest {
	int host_fd;
	int signal_fd;
	int fifo_fd;
	bool landlock_required;
	char *const *argv; /* the interpreter and its script */
	struct child child;
	struct meter meter;
};

static uint8_t guest_job[FRAME_JOB_MAX];

static int
send_frame(
    struct guest *guest, enum frame_kind kind, const void *payload, size_t len)
{
	uint8_t frame[FRAME_HEADER_LEN + CHILD_ERROR_MAX];

	frame_encode_header(frame, kind, (uint32_t)len);
	memcpy(frame + FRAME_HEADER_LEN, payload, len);
	return io_write_all(guest->host_fd, frame, FRAME_HEADER_LEN + len,
	    io_now_us() + HOST_PATIENCE_US);
}

/* Tells the host why there will be no run. Always -1. */
static int
report(struct guest *guest, const char *what)
{
	char text[CHILD_ERROR_MAX];
	int n;

	n = snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	if (n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	(void)send_frame(guest, FRAME_SETUP_ERROR, text, (size_t)n);
	return -1;
}

static int
dial(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    fd_set_nonblocking(fd) == -1)
		fd_close(&fd);
	return fd;
}

/* Before anything else exists in this container. */
static int
become_init(struct guest *guest)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t all;
	sigset_t ours;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	sigfillset(&all);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGALRM);
	if (sigprocmask(SIG_SETMASK, &all, NULL) == -1 ||
	    sigaction(SIGPIPE, &ignore, NULL) == -1)
		return -1;
	guest->signal_fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return guest->signal_fd == -1 ? -1 : 0;
}

/* Waits on the host and our children. 1: the host has something to say (or
 * is gone); 0: not yet; -1: the interpreter died. */
static int
watch(struct guest *guest, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = guest->host_fd, .events = POLLIN },
		{ .fd = guest->signal_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(fds, 2, timeout_ms) == -1)
		return 0;
	if (fds[0].revents != 0)
		return 1;
	while (read(guest->signal_fd, &info, sizeof(info)) > 0)
		;
	if (waitpid(guest->child.pid, NULL, WNOHANG) == guest->child.pid) {
		errno = ECHILD;
		return -1;
	}
	return 0;
}

/* Boots the interpreter until it blocks in the open of its script. */
static int
prepare(struct guest *guest)
{
	char error[CHILD_ERROR_MAX];
	int seen;

	if (mkfifo(SCRIPT, 0644) == -1)
		return report(guest, "mkfifo " SCRIPT);
	if (child_boot(&guest->child, guest->argv, guest->landlock_required,
		error) == -1) {
		(void)send_frame(
		    guest, FRAME_SETUP_ERROR, error, strlen(error));
		return -1;
	}
	for (;;) {
		guest->fifo_fd = open(
		    SCRIPT, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (guest->fifo_fd != -1)
			return 0;
		if (errno != ENXIO)
			return report(guest, "open " SCRIPT);
		seen = watch(guest, READY_PROBE_MS);
		if (seen == -1)
			return report(guest, "the interpreter ended early");
		if (seen == 1)
			return -1; /* the host has hung up */
	}
}

/* Waits for the one job, however long. 0, or -1: there will be none. */
static int
take_job(struct guest *guest, struct job *job)
{
	uint8_t head[FRAME_HEADER_LEN];
	struct frame_header header;
	uint64_t deadline_us;
	int seen;

	while ((seen = watch(guest, -1)) == 0)
		;
	if (seen == -1)
		return report(guest, "the waiting interpreter died");
	deadline_us = io_now_us() + HOST_PATIENCE_US;
	if (io_read_all(guest->host_fd, head, sizeof(head), deadline_us) == -1)
		return -1;
	if (frame_decode_header(head, sizeof(head), FRAME_JOB_MAX, &header) !=
		FRAME_OK ||
	    header.kind != FRAME_JOB)
		return -1;
	if (io_read_all(guest->host_fd, guest_job, header.len, deadline_us) ==
	    -1)
		return -1;
	return frame_decode_job(guest_job, header.len, job) == FRAME_OK ? 0
									: -1;
}

/* The program as a regular file, put in the FIFO's place in one step. */
static int
place_script(const struct job *job)
{
	int fd;
	int rc;

	fd = open(SCRIPT_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return -1;
	rc = io_write_all(fd, job->code, job->code_len, IO_FOREVER);
	fd_close(&fd);
	if (rc == 0)
		rc = rename(SCRIPT_NEW, SCRIPT);
	return rc;
}

/* The waiting interpreter can not read this program: boot another on it. */
static int
boot_afresh(struct guest *guest)
{
	char error[CHILD_ERROR_MAX];

	child_finish(&guest->child);
	fd_close(&guest->fifo_fd);
	return child_boot(
	    &guest->child, guest->argv, guest->landlock_required, error);
}

static int
run_job(struct guest *guest, const struct job *job)
{
	struct pump pump = { .host_fd = guest->host_fd,
		.signal_fd = guest->signal_fd,
		.job = job,
		.child = &guest->child,
		.meter = &guest->meter };

	if (send_frame(guest, FRAME_STARTED, "", 0) == -1)
		return -1;
	pump.started_us = io_now_us();
	pump.deadline_us = pump.started_us +
			   (uint64_t)job->wall_limit_ms * 1000;
	if (place_script(job) == -1)
		return report(guest, "placing " SCRIPT);
	if (cookie_needs_seek(job->code, job->code_len) &&
	    boot_afresh(guest) == -1)
		return report(guest, "booting afresh");
	meter_start(&guest->meter, guest->child.pid);
	pump.fifo_fd = fd_take(&guest->fifo_fd);
	return pump_run(&pump);
}

static int
usage(void)
{
	static const char text[] =
	    "sce-guest " SCE_VERSION
	    ": PID 1 of a sandbox, started by sced as\n"
	    "  sce-guest auto|required SOCKET INTERPRETER\n"
	    "(Landlock: used where the kernel has it, or required)\n";

	(void)write(STDERR_FILENO, text, sizeof(text) - 1);
	return 2;
}

int
main(int argc, char *argv[])
{
	char script[] = SCRIPT;
	char *child_argv[] = { argv[argc - 1], script, NULL };
	struct guest guest = { .host_fd = -1, .signal_fd = -1, .fifo_fd = -1 };
	struct job job;
	uint8_t version[FRAME_READY_LEN];

	if (argc != 4 || getpid() != 1)
		return usage();
	guest.landlock_required = strcmp(argv[1], "required") == 0;
	guest.argv = child_argv;
	child_init(&guest.child);
	if (fd_keep_standard_open() == -1 || become_init(&guest) == -1)
		return 3;
	guest.host_fd = dial(argv[2]);
	if (guest.host_fd == -1)
		return 4;
	meter_open(&guest.meter);
	frame_encode_ready(version);
	if (prepare(&guest) == -1 ||
	    send_frame(&guest, FRAME_READY, version, sizeof(version)) == -1 ||
	    take_job(&guest, &job) == -1 || run_job(&guest, &job) == -1)
		return 5;
	return 0;
}
