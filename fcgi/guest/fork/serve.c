/* SPDX-License-Identifier: MIT */
/* Boots the gate, tries it, and serves run after run, as long as each leaves
 * the container as it was. */
#include "guest/fork/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/fdpass.h"
#include "common/gate.h"
#include "common/io.h"
#include "common/limits.h"
#include "guest/host.h"
#include "guest/run/place.h"

/* A run may leave so much in kernel memory and page cache, and the kernel may
 * take so long to give back the rest. */
#define LEFT_BYTES_MAX (16 * 1024 * 1024)
#define LEFT_PATIENCE_US (500 * 1000)
#define LEFT_AGAIN_US 2000
#define TRIAL_WALL_MS 5000

/* The gate, and what the container held before the first run. */
struct fork_host {
	struct child booted; /* nobody uses its pipes, they are its stdio */
	int socket_fd;
	uint64_t used_bytes;
	uint64_t processes;
};

/* Takes a number from the gate: 0 when it is there, then the pid of each init.
 * 0, or -1 with errno. */
static int
hear_gate(int gate_fd, int32_t *number)
{
	int fd;
	int n;

	if (io_wait(gate_fd, POLLIN, io_now_us() + HOST_PATIENCE_US) == -1)
		return -1;
	n = fdpass_recv(gate_fd, number, sizeof(*number), &fd);
	fd_close(&fd);
	if (n == 1)
		return 0;
	errno = n == 0 ? ECHILD : errno;
	return -1;
}

static int
boot_gate(struct guest *guest, struct fork_host *host, const char *settings)
{
	char variable[PRELOAD_BYTES_MAX + 128];
	char script[] = EXTRAS_SCRIPT;
	char error[CHILD_ERROR_MAX];
	char *const argv[] = { guest->command[0], script, NULL };
	struct child_gate gate = { .settings = variable };
	int32_t number = -1;
	int pair[2];

	(void)snprintf(
	    variable, sizeof(variable), "%s=%s", GATE_VARIABLE, settings);
	/* Some steps of Python's start look at the file. It is empty. */
	if (place_file(EXTRAS_SCRIPT, "", 0) == -1)
		return host_report(guest, "creating " EXTRAS_SCRIPT);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return host_report(guest, "socketpair");
	gate.socket_fd = pair[1];
	host->socket_fd = pair[0];
	if (child_boot(&host->booted, argv, true, &gate, error) == -1)
		return host_report_sentence(guest, error);
	fd_close(&pair[1]);
	guest->child.pid = host->booted.pid;
	if (hear_gate(host->socket_fd, &number) == -1 || number != 0)
		return host_report(guest, "the gate did not open");
	return 0;
}

/* Has the gate fork. 0: guest->child is an init that waits for its program; or
 * -1 with errno. */
static int
ask_for_fork(struct guest *guest, int gate_fd)
{
	const struct gate_request request = { .magic = GATE_MAGIC };
	struct child_pipes pipes;
	int32_t pid = 0;
	int run[2];
	int rc = -1;

	child_init(&guest->child);
	if (child_pipes_open(&pipes) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run) == -1)
		goto out;
	pipes.ours[GATE_FD_RUN] = run[0];
	pipes.theirs[GATE_FD_RUN] = run[1];
	if (fd_set_nonblocking(run[0]) == -1 ||
	    fdpass_send_many(gate_fd, &request, sizeof(request), pipes.theirs,
		GATE_FDS) == -1 ||
	    hear_gate(gate_fd, &pid) == -1)
		goto out;
	if (pid <= 1) {
		errno = pid < 0 ? -pid : EPROTO;
		goto out;
	}
	guest->child.pid = pid;
	child_take_pipes(&guest->child, &pipes);
	guest->child.report_fd = fd_take(&pipes.ours[GATE_FD_RUN]);
	rc = 0;
out:
	child_pipes_close(&pipes);
	return rc;
}

/* Sends what the init waits for. 0, or -1 with errno. */
static int
send_program(const struct guest *guest, const struct job *job)
{
	const struct gate_program program = { .code_len = job->code_len,
		.flags = job->flags,
		.extras_len = job->extras_len };
	const struct iovec parts[] = {
		{ (void *)(uintptr_t)&program, sizeof(program) },
		{ (void *)(uintptr_t)job->extras, job->extras_len },
		{ (void *)(uintptr_t)job->code, job->code_len },
	};

	return io_write_parts(
	    guest->child.report_fd, parts, 3, io_now_us() + HOST_PATIENCE_US);
}

/* Runs a job in the fork that is ready, over guest->host_fd. 0: it has its
 * verdict; -1: it has none. */
static int
run_program(struct guest *guest, struct fork_host *host, const struct job *job,
    struct verdict *verdict)
{
	struct pump pump;
	int rc;

	meter_start(&guest->meter);
	/* The fork waits for the text: without STARTED no program runs. */
	if (host_send(guest, FRAME_STARTED, "", 0) == -1)
		return -1;
	pump = guest_begin_run(guest, job, io_now_us());
	/* If the program is dead, its init says so, or has said so. */
	if (send_program(guest, job) == -1 && errno != EPIPE &&
	    errno != ECONNRESET)
		return -1;
	rc = pump_run(&pump, FRAME_VERDICT);
	child_close(&guest->child);
	guest->child.pid = host->booted.pid;
	*verdict = pump.verdict;
	return rc;
}

/* Makes a first run, so that READY means that runs are possible here. Its
 * frames go into a socket that nobody reads. */
static int
try_gate(struct guest *guest, struct fork_host *host)
{
	static const char code[] = "pass\n";
	const struct job job = { .wall_limit_ms = TRIAL_WALL_MS,
		.code = (const uint8_t *)code,
		.code_len = sizeof(code) - 1 };
	struct verdict verdict = { .kind = VERDICT_SANDBOX_FAILED };
	int control_fd = guest->host_fd;
	const char *why;
	int pair[2];
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	guest->host_fd = pair[0];
	rc = ask_for_fork(guest, host->socket_fd);
	if (rc == 0)
		rc = run_program(guest, host, &job, &verdict);
	guest->host_fd = control_fd;
	fd_close(&pair[0]);
	fd_close(&pair[1]);
	if (rc == 0 && verdict_is_success(&verdict))
		return 0;
	if (rc == -1 && guest->child.failure[0] == '\0')
		return host_report(guest, "a first run");
	why = guest->child.failure[0] != '\0' ? guest->child.failure
					      : "a first run did not succeed";
	return host_report_sentence(guest, why);
}

/* Nothing may be left of the last run, and nothing may have gone wrong. */
static bool
is_as_before(struct guest *guest, const struct fork_host *host)
{
	struct pollfd gate = { .fd = host->socket_fd, .events = POLLIN };
	uint64_t deadline_us = io_now_us() + LEFT_PATIENCE_US;

	/* The gate may have died, or have said something unasked. */
	if (watchdog_has_fired() || poll(&gate, 1, 0) != 0 ||
	    meter_oom_kills(&guest->meter) > 0)
		return false;
	while (meter_processes(&guest->meter) > host->processes ||
	       meter_used_bytes(&guest->meter) >
		   host->used_bytes + LEFT_BYTES_MAX) {
		if (io_now_us() >= deadline_us)
			return false;
		(void)usleep(LEFT_AGAIN_US);
	}
	return true;
}

/* Waits for the socket of the next run, however long. */
static int
take_run(struct guest *guest, int *run_fd)
{
	uint8_t head[FRAME_HEADER_LEN];
	struct frame_header header;

	*run_fd = -1;
	if (host_await(guest) == -1)
		return -1;
	if (fdpass_recv(guest->host_fd, head, sizeof(head), run_fd) == 1 &&
	    *run_fd != -1 &&
	    frame_decode_header(head, sizeof(head), 0, &header) == FRAME_OK &&
	    header.kind == FRAME_RUN && fd_set_nonblocking(*run_fd) == 0)
		return 0;
	fd_close(run_fd);
	return -1;
}

/* One run from its socket to its verdict. 1: another may follow. */
static int
serve_run(struct guest *guest, struct fork_host *host, int run_fd)
{
	struct verdict verdict = { .kind = VERDICT_SANDBOX_FAILED };
	int control_fd = guest->host_fd;
	struct job job;
	int rc;

	guest->host_fd = run_fd;
	rc = host_take_job(guest, &job);
	if (rc == 0)
		rc = run_program(guest, host, &job, &verdict);
	host_forget_job();
	guest->host_fd = control_fd;
	return rc == 0 && verdict.kind == VERDICT_EXITED &&
	       is_as_before(guest, host);
}

int
fork_serve(struct guest *guest, const char *settings)
{
	struct fork_host host = { .socket_fd = -1 };
	int run_fd;
	int more = 1;

	child_init(&host.booted);
	if (boot_gate(guest, &host, settings) == -1 ||
	    try_gate(guest, &host) == -1)
		return -1;
	host.used_bytes = meter_used_bytes(&guest->meter);
	host.processes = meter_processes(&guest->meter);
	while (more == 1) {
		/* The next run finds its namespaces and its fork ready. */
		if (ask_for_fork(guest, host.socket_fd) == -1)
			return host_report(guest, "the gate");
		if (host_send_ready(guest) == -1 ||
		    take_run(guest, &run_fd) == -1)
			return -1;
		more = serve_run(guest, &host, run_fd);
		fd_close(&run_fd);
	}
	return 0;
}
