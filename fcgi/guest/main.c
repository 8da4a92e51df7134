/* SPDX-License-Identifier: MIT */
/*
 * sce-guest: PID 1 of a sandbox. Theory of operation:
 *
 *   1. Undumpable first, so that same-uid code cannot reach our descriptors
 *      through /proc; all signals blocked, read from a signalfd.
 *   2. Dial the slot's socket: from here on it is our life line. Its end of
 *      file, at any time, ends us and with us the whole container.
 *   3. Boot the stock interpreter on a FIFO named main.py. It blocks in open;
 *      when ours for writing succeeds, it is there: READY.
 *   4. A job comes: STARTED, main.py becomes a regular file by rename, the
 *      code goes into the FIFO (or, for an odd encoding, unbuffered output,
 *      arguments or another name, into an interpreter booted afresh on that
 *      file). run/pump.c does the rest.
 *   5. The verdict was the last frame. Exit.
 *
 * A command that is not a Python, or has options or a compiler, is not booted
 * ahead. Then step 3 executes each command once, for nothing, and step 4 starts
 * them on files: the compiler, which ends with COMPILED, and, if it has
 * succeeded, the program.
 *
 * With isolation = fork, steps 3 to 5 are fork/serve.c's: one booted
 * interpreter is forked for each of several runs, and each run has a socket of
 * its own.
 *
 * Nothing is allocated; code of strangers gets pipes and nothing else.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/frame.h"
#include "common/io.h"
#include "guest/confine/confine.h"
#include "guest/fork/serve.h"
#include "guest/guest.h"
#include "guest/host.h"
#include "guest/language/language.h"

enum argument {
	ARG_MODE = 1,
	ARG_SOCKET,
	ARG_FILE,
	ARG_COMPILE,
	ARG_COMMAND,
	ARG_GATE /* only with isolation = fork */
};

/* Runs before anything else exists in this container. */
static int
become_init(struct guest *guest)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t all;
	sigset_t ours;

	/* As low as the container's own floor lets us. A program can lower its
	 * own score to that floor too, but no further. */
	(void)io_write_file("/proc/self/oom_score_adj", "0");
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
	return guest->signal_fd == -1 ? -1 : watchdog_start();
}

/*
 * A network namespace is there for as long as a process is in it. This process
 * does nothing else: it reads no byte that it could be sent, and exits when its
 * life line ends. Returns its exit status.
 */
static int
hold_network(const char *socket_path)
{
	struct guest guest = { .host_fd = -1 };
	struct pollfd line = { .events = POLLRDHUP };
	sigset_t all;

	sigfillset(&all);
	if (fd_keep_standard_open() == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    sigprocmask(SIG_SETMASK, &all, NULL) == -1)
		return 3;
	guest.host_fd = line.fd = host_dial(socket_path);
	if (guest.host_fd == -1)
		return 4;
	if (host_send_ready(&guest) == -1)
		return 5;
	while (poll(&line, 1, -1) != 1)
		;
	return 0;
}

/* The one job, from READY to its verdict. */
static int
serve(struct guest *guest)
{
	struct job job;

	if (confine_prepare() == -1)
		return host_report(guest, "the strict filter");
	if (language_boot(guest) == -1 || host_send_ready(guest) == -1 ||
	    host_take_job(guest, &job) == -1 ||
	    host_send(guest, FRAME_STARTED, "", 0) == -1)
		return -1;
	return language_run(guest, &job);
}

/* Takes what sced says of the language. 0, or -1 after the host was told why.
 */
static int
take_language(struct guest *guest, char *argv[])
{
	guest->file = argv[ARG_FILE];
	if (extras_path_is_safe(guest->file) &&
	    words_split(argv[ARG_COMPILE], guest->compile) != -1 &&
	    words_split(argv[ARG_COMMAND], guest->command) > 0)
		return 0;
	errno = EINVAL;
	return host_report(guest, "the language's file and commands");
}

static int
usage(void)
{
	static const char text[] =
	    "sce-guest " SCE_VERSION
	    ": PID 1 of a sandbox, started by sced as\n"
	    "  sce-guest auto|required SOCKET FILE COMPILE COMMAND [GATE]\n"
	    "(Landlock: used where the kernel has it, or required; FILE: the\n"
	    "program's name; COMPILE, which may be empty, and COMMAND: words\n"
	    "with single blanks, the name comes behind them; GATE: settings\n"
	    "of gate.h, one interpreter for many runs), or, to keep a network\n"
	    "namespace for others, as\n"
	    "  sce-guest hold SOCKET\n";

	(void)write(STDERR_FILENO, text, sizeof(text) - 1);
	return 2;
}

int
main(int argc, char *argv[])
{
	struct guest guest = { .host_fd = -1, .signal_fd = -1, .fifo_fd = -1 };
	bool is_holder = argc == ARG_SOCKET + 1;

	if (getpid() != 1 || (is_holder && strcmp(argv[ARG_MODE], "hold") != 0))
		return usage();
	if (is_holder)
		return hold_network(argv[ARG_SOCKET]);
	if (argc != ARG_GATE && argc != ARG_GATE + 1)
		return usage();
	guest.landlock_required = strcmp(argv[ARG_MODE], "required") == 0;
	child_init(&guest.child);
	if (fd_keep_standard_open() == -1 || become_init(&guest) == -1)
		return 3;
	guest.host_fd = host_dial(argv[ARG_SOCKET]);
	if (guest.host_fd == -1)
		return 4;
	meter_open(&guest.meter);
	if (take_language(&guest, argv) == -1)
		return 5;
	if (argc > ARG_GATE)
		return fork_serve(&guest, argv[ARG_GATE]) == 0 ? 0 : 5;
	return serve(&guest) == 0 ? 0 : 5;
}
