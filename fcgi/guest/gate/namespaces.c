/* SPDX-License-Identifier: MIT */
/*
 * The init of a run: what is fresh in its namespaces, and the end of the run.
 * It never goes back to Python. When it exits, the kernel kills whatever is
 * left in its pid namespace.
 */
#include "guest/gate/gate.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/confine/confine.h"

/* The one set of flags that the seccomp profile lets through. */
#define MOUNT_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static volatile pid_t program_pid;

/* The same numbers inside as outside: a program sees the uid of its slot. */
static int
map_ids(uid_t uid, gid_t gid)
{
	char text[64];

	/* A process that is not dumpable may not write its own /proc. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ||
	    io_write_file("/proc/self/setgroups", "deny") == -1)
		return -1;
	(void)snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
	if (io_write_file("/proc/self/uid_map", text) == -1)
		return -1;
	(void)snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
	if (io_write_file("/proc/self/gid_map", text) == -1)
		return -1;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* the gate's, too */
}

static int
mount_tmpfs(const char *path, uint64_t bytes, int inodes, const char *owner)
{
	char options[128];

	(void)snprintf(options, sizeof(options), "size=%llu,nr_inodes=%d,%s",
	    (unsigned long long)bytes, inodes, owner);
	return mount("tmpfs", path, "tmpfs", MOUNT_FLAGS, options);
}

/* Mounts over the container's, to which only its guest ever wrote. */
static int
mount_all(const struct gate *gate)
{
	char owner[64];

	(void)snprintf(owner, sizeof(owner), "uid=%u,gid=%u,mode=0755",
	    gate->uid, gate->gid);
	if (mount_tmpfs("/box", gate->box_bytes, 1024, owner) == -1 ||
	    mount_tmpfs("/dev/shm", gate->shm_bytes, 64, "mode=1777") == -1)
		return -1;
	if (gate->tmp_bytes > 0 &&
	    mount_tmpfs("/tmp", gate->tmp_bytes, 1024, "mode=1777") == -1)
		return -1;
	/* Message queues are the container's: the next run could read them. */
	if (mount_tmpfs("/dev/mqueue", 4096, 1, "mode=0555") == -1)
		return -1;
	return chdir("/box");
}

/* A new network has its loopback, but down. */
static int
raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc;

	if (fd == -1)
		return -1;
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	rc = ioctl(fd, SIOCSIFFLAGS, &request);
	fd_close(&fd);
	return rc;
}

/* Time is up: the guest tells the init, which tells the program. */
static void
pass_on(int number)
{
	if (program_pid > 0)
		(void)kill(program_pid, number);
}

/* Ends all that the program has left running. It descends from us: without a
 * child there is nothing. */
static void
end_the_rest(void)
{
	if (waitpid(-1, NULL, WNOHANG | __WALL) == -1 && errno == ECHILD)
		return;
	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) != -1 || errno == EINTR)
		;
}

/* The kernel is busy for a while when it takes our namespaces apart, and others
 * wait for the processor: so the guest ends us after it has given its verdict.
 */
static void
wait_for_end(int run_fd)
{
	struct gate_report report = { .kind = GATE_ENDED };
	struct rusage usage = { .ru_maxrss = 0 };
	int status;
	pid_t pid;

	do {
		pid = wait4(-1, &status, 0, &usage);
	} while (pid != program_pid && (pid != -1 || errno == EINTR));
	(void)signal(SIGINT, SIG_IGN); /* it was for the program */
	end_the_rest();
	report.value = status;
	report.peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
	(void)io_write_all(run_fd, &report, sizeof(report), IO_FOREVER);
	for (;;)
		(void)pause();
}

static const char *
prepare(const struct gate *gate)
{
	int socket_fd = GATE_SOCKET_FD;

	fd_close(&socket_fd);
	if (setsid() == -1) /* else it is in one that its namespace lacks */
		return "setsid";
	if (map_ids(gate->uid, gate->gid) == -1)
		return "id maps";
	if (mount_all(gate) == -1)
		return "mount";
	if (raise_loopback() == -1)
		return "loopback";
	return NULL;
}

void
namespaces_run_init(const struct gate *gate, const int fds[GATE_FDS])
{
	struct sigaction forward = { .sa_handler = pass_on };
	struct sigaction python;
	const char *step = prepare(gate);

	if (step != NULL)
		confine_fail(fds[GATE_FD_RUN], step);
	/* Set before there is a program: Python's handler would write to the
	 * gate's memory here. */
	program_pid = 0;
	(void)sigaction(SIGINT, &forward, &python);
	program_pid = fork();
	if (program_pid == -1)
		confine_fail(fds[GATE_FD_RUN], "fork");
	if (program_pid == 0) {
		(void)sigaction(SIGINT, &python, NULL);
		program_become(fds);
		return;
	}
	wait_for_end(fds[GATE_FD_RUN]);
}
