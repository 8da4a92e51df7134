/* SPDX-License-Identifier: MIT */
/*
 * For a test only: what somebody finds who has taken a responder over. Tries
 * everything twice, before and after the last rights are given up, and logs
 * what came of it; then serves like the stock one. The first time shows that
 * an attempt is a real one, the second that it is in vain.
 *
 *   probe pid=PID when=before|after NAME=ok|ERRNO
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/lease.h"
#include "common/log.h"
#include "responder/worker.h"

#define PAGE 4096
/* What a filter compares and the kernel then cuts off. */
#define HIGH_BITS (1l << 32)
/* Above every system call that there is; those of x32 are tried elsewhere. */
#define SYSTEM_CALLS 640

int __wrap_confine_responder(void);
int __real_confine_responder(void);
void __wrap_worker_loop(struct worker *worker);
void __real_worker_loop(struct worker *worker);

static const char *when;
static char plan[32]; /* what else to do, from a file beside the program */
static void *page;    /* readable, writable */

static void
report(const char *name, long rc)
{
	log_notice(NULL, "probe pid=%d when=%s %s=%s", (int)getpid(), when,
	    name, rc == -1 ? strerrorname_np(errno) : "ok");
}

/* A descriptor that should not have come about does not stay. */
static void
report_fd(const char *name, long fd)
{
	report(name, fd);
	if (fd > RESPONDER_LOG_FD)
		(void)close((int)fd);
}

/* --- files ---------------------------------------------------------------- */

static void
probe_files(void)
{
	struct stat status;
	char text[PATH_MAX];
	char file[64];
	char dir[64];

	/* Several of us are at it at once. */
	(void)snprintf(file, sizeof(file), "/tmp/sce-probe.%d", getpid());
	(void)snprintf(dir, sizeof(dir), "/tmp/sce-probe.%d.d", getpid());

	report_fd("open", syscall(SYS_openat, AT_FDCWD, "/etc/passwd",
			      O_RDONLY | O_CLOEXEC, 0));
	report_fd("opendir", syscall(SYS_openat, AT_FDCWD, "/",
				 O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
	report_fd("open_path",
	    syscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0));
	report_fd("open_proc", syscall(SYS_openat, AT_FDCWD, "/proc/self/maps",
				   O_RDONLY | O_CLOEXEC, 0));
	report_fd(
	    "open_own_memory", syscall(SYS_openat, AT_FDCWD, "/proc/self/mem",
				   O_RDWR | O_CLOEXEC, 0));
	report_fd(
	    "open_log_again", syscall(SYS_openat, AT_FDCWD, "/proc/self/fd/4",
				  O_RDWR | O_TRUNC | O_CLOEXEC, 0));
	report_fd("create", syscall(SYS_openat, AT_FDCWD, file,
				O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	report("stat", syscall(SYS_newfstatat, AT_FDCWD, "/etc", &status, 0));
	report("access", syscall(SYS_faccessat, AT_FDCWD, "/etc", F_OK));
	report("readlink", syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe",
			       text, sizeof(text)));
	report("getcwd", syscall(SYS_getcwd, text, sizeof(text)));
	report("chdir", syscall(SYS_chdir, "/"));
	report("mkdir", syscall(SYS_mkdirat, AT_FDCWD, dir, 0));
	report(
	    "unlink_dir", syscall(SYS_unlinkat, AT_FDCWD, dir, AT_REMOVEDIR));
	report("unlink", syscall(SYS_unlinkat, AT_FDCWD, file, 0));
	report_fd("memfd", syscall(SYS_memfd_create, "x", MFD_CLOEXEC));
	report_fd("inotify", syscall(SYS_inotify_init1, 0));
}

/* --- the log and the listening socket, which it shares -------------------- */

static void
probe_shared(void)
{
	report("log_lseek", syscall(SYS_lseek, RESPONDER_LOG_FD, 0, SEEK_SET));
	report("log_pwrite", syscall(SYS_pwrite64, RESPONDER_LOG_FD, "", 0, 0));
	report("log_truncate", syscall(SYS_ftruncate, RESPONDER_LOG_FD, 0));
	report("log_allocate", syscall(SYS_fallocate, RESPONDER_LOG_FD,
				   FALLOC_FL_KEEP_SIZE, 0, PAGE));
	report("log_lock", syscall(SYS_flock, RESPONDER_LOG_FD, LOCK_EX));
	report("log_unlock", syscall(SYS_flock, RESPONDER_LOG_FD, LOCK_UN));
	report("log_stat", syscall(SYS_fstat, RESPONDER_LOG_FD, page));
	report_fd("log_dup", syscall(SYS_dup, RESPONDER_LOG_FD));
	report_fd("log_dup_by_fcntl",
	    syscall(SYS_fcntl, RESPONDER_LOG_FD, F_DUPFD_CLOEXEC, 20));
	report("log_drop_append",
	    syscall(SYS_fcntl, RESPONDER_LOG_FD, F_SETFL, 0));
	report("log_restore_append",
	    syscall(SYS_fcntl, RESPONDER_LOG_FD, F_SETFL, O_APPEND));
	report("listen_make_blocking",
	    syscall(SYS_fcntl, RESPONDER_LISTEN_FD, F_SETFL, 0));
	report("listen_restore",
	    syscall(SYS_fcntl, RESPONDER_LISTEN_FD, F_SETFL, O_NONBLOCK));
	report("listen_listen", syscall(SYS_listen, RESPONDER_LISTEN_FD, 511));
	report("listen_setsockopt",
	    syscall(SYS_setsockopt, RESPONDER_LISTEN_FD, SOL_SOCKET, SO_SNDBUF,
		&(int){ 4096 }, sizeof(int)));
	report("ioctl", syscall(SYS_ioctl, RESPONDER_LOG_FD, FIONREAD, page));
	report("log_read", syscall(SYS_read, RESPONDER_LOG_FD, page, 1));
}

/* With a way to shut that the kernel refuses: EINVAL shows it got there. */
static void
probe_shutdown(void)
{
	char name[64];
	int fd;

	for (fd = 0; fd <= RESPONDER_LOG_FD; fd++) {
		(void)snprintf(name, sizeof(name), "shutdown_%d", fd);
		report(name, syscall(SYS_shutdown, fd, 99));
		(void)snprintf(name, sizeof(name), "shutdown_%d_high", fd);
		report(name, syscall(SYS_shutdown, fd + HIGH_BITS, 99));
	}
}

/* --- sockets -------------------------------------------------------------- */

static void
probe_path(const char *name, const char *path, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	report(name, syscall(SYS_connect, fd, &address, sizeof(address)));
}

static void
probe_sockets(void)
{
	static const struct {
		const char *name;
		int family;
	} families[] = {
		{ "socket_unix", AF_UNIX },
		{ "socket_inet", AF_INET },
		{ "socket_inet6", AF_INET6 },
		{ "socket_netlink", AF_NETLINK },
		{ "socket_vsock", AF_VSOCK },
		{ "socket_alg", AF_ALG },
	};
	struct sockaddr_un docker = { .sun_family = AF_UNIX,
		.sun_path = "/var/run/docker.sock" };
	int pair[2] = { -1, -1 };
	int type;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		type = families[i].family == AF_ALG ? SOCK_SEQPACKET
						    : SOCK_STREAM;
		if (families[i].family == AF_NETLINK)
			type = SOCK_RAW;
		report_fd(families[i].name,
		    syscall(SYS_socket, families[i].family, type, 0));
	}
	report("socketpair",
	    syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
	(void)close(pair[0]);
	(void)close(pair[1]);
	fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
	probe_path("connect_docker", "/var/run/docker.sock",
	    fd == -1 ? RESPONDER_LISTEN_FD : fd);
	(void)close(fd);
	/* With an address, on the only socket that never was connected. */
	report("send_to_docker", syscall(SYS_sendto, RESPONDER_LISTEN_FD, "x",
				     1, MSG_NOSIGNAL, &docker, sizeof(docker)));
}

/* --- processes ------------------------------------------------------------ */

static void
probe_fork(void)
{
	struct rlimit limit = { 64, 64 };
	long pid;

	report("raise_limit",
	    syscall(SYS_prlimit64, 0, RLIMIT_NPROC, NULL, &limit));
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	report("fork", pid);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
}

/* Where they could succeed, these end the process: only when in vain. */
static void
probe_exec(void)
{
	static const char *const argv[] = { "true", NULL };
	static const uint64_t clone3[11] = { [4] = SIGCHLD };

	report("execve", syscall(SYS_execve, "/bin/true", argv, NULL));
	report("execveat",
	    syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
	report("execveat_log", syscall(SYS_execveat, RESPONDER_LOG_FD, "", argv,
				   NULL, AT_EMPTY_PATH));
	report("clone3", syscall(SYS_clone3, clone3, sizeof(clone3)));
	report("thread", syscall(SYS_clone,
			     CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
				 CLONE_THREAD | CLONE_SYSVSEM,
			     (char *)page + PAGE, 0, 0, 0));
#ifdef SYS_fork
	report("fork_old", syscall(SYS_fork));
	report("vfork", syscall(SYS_vfork));
#endif
}

static void
probe_processes(void)
{
	report(
	    "execve_nothing", syscall(SYS_execve, "/nonexistent", NULL, NULL));
	report("ptrace", ptrace(PTRACE_PEEKDATA, getpid(), 0, 0));
	report("kill_self", syscall(SYS_kill, getpid(), 0));
	report("kill_parent", syscall(SYS_kill, 1, 0));
	report("tgkill", syscall(SYS_tgkill, getpid(), getpid(), 0));
	report_fd("pidfd_open", syscall(SYS_pidfd_open, getpid(), 0));
	report("read_memory",
	    syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0));
	report("setuid_0", syscall(SYS_setuid, 0));
	report("setgroups", syscall(SYS_setgroups, 1, &(gid_t){ 0 }));
	report("getuid", syscall(SYS_getuid));
	report("unshare", syscall(SYS_unshare, 0));
	report("unshare_user_high", syscall(SYS_unshare, HIGH_BITS));
	report("prctl", syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0));
	report("affinity", syscall(SYS_sched_getaffinity, 0, PAGE, page));
	report("nice", syscall(SYS_getpriority, 0, 0));
	report_fd("signalfd", syscall(SYS_signalfd4, -1, page, 8, 0));
}

/* --- memory and the rest of the kernel ------------------------------------ */

static void
report_map(const char *name, unsigned long prot, unsigned long flags, int fd)
{
	long at = syscall(SYS_mmap, NULL, PAGE, prot, flags, fd, 0);

	report(name, at);
	if (at != -1)
		(void)munmap((void *)at, PAGE);
}

static void
probe_memory(void)
{
	const unsigned long exec = PROT_READ | PROT_EXEC;
	const unsigned long anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

	report_map("mmap_exec", exec, anonymous, -1);
	report_map("mmap_write_exec", exec | PROT_WRITE, anonymous, -1);
	report_map("mmap_exec_high", exec + HIGH_BITS, anonymous, -1);
	report("mprotect_exec", syscall(SYS_mprotect, page, PAGE, exec));
	report("mprotect_exec_high",
	    syscall(SYS_mprotect, page, PAGE, exec + HIGH_BITS));
	report(
	    "pkey_mprotect", syscall(SYS_pkey_mprotect, page, PAGE, exec, -1));
	report("mprotect_back",
	    syscall(SYS_mprotect, page, PAGE, PROT_READ | PROT_WRITE));
	report("mlock", syscall(SYS_mlock, page, 0));
}

static void
probe_kernel(void)
{
	struct io_uring_params ring = { .flags = 0 };

	report_fd("io_uring", syscall(SYS_io_uring_setup, 1, &ring));
	report("bpf", syscall(SYS_bpf, 0, NULL, 0));
	report("perf", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
	report("userfaultfd", syscall(SYS_userfaultfd, -1));
	report("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	report("add_key", syscall(SYS_add_key, NULL, NULL, NULL, 0, 0));
	report("seccomp", syscall(SYS_seccomp, 2, 0, &(uint32_t){ 0 }));
	report("landlock", syscall(SYS_landlock_create_ruleset, NULL, 0, 1));
	report("shmget", syscall(SYS_shmget, 1, 0, 0));
	report_fd("eventfd", syscall(SYS_eventfd2, 0, 0));
	report_fd("timerfd", syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
	report_fd("epoll", syscall(SYS_epoll_create1, 0));
	report("pipe", syscall(SYS_pipe2, NULL, 0));
	report("mount", syscall(SYS_mount, NULL, "/x", NULL, 0, NULL));
	report("chroot", syscall(SYS_chroot, "/"));
	report("uname", syscall(SYS_uname, page));
	report("sysinfo", syscall(SYS_sysinfo, page));
	report("settime", syscall(SYS_clock_settime, CLOCK_REALTIME, NULL));
}

/* --- what has to go on working -------------------------------------------- */

static void
probe_needed(void)
{
	struct timespec now;
	char *memory = malloc(8 << 20);
	struct pollfd p = { .fd = RESPONDER_LEASE_FD, .events = POLLIN };

	errno = ENOMEM;
	report("needed_malloc", memory != NULL ? 0 : -1);
	if (memory != NULL)
		memset(memory, 1, 8 << 20);
	free(memory);
	report("needed_getrandom", syscall(SYS_getrandom, page, 16, 0));
	report("needed_clock", clock_gettime(CLOCK_MONOTONIC, &now));
	report("needed_clock_call",
	    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now));
	report("needed_poll", poll(&p, 1, 0));
	report("needed_write", write(RESPONDER_LOG_FD, "", 0));
	report("needed_getfl", fcntl(RESPONDER_LISTEN_FD, F_GETFL));
	report("needed_getpid", syscall(SYS_getpid));
	report("needed_mprotect",
	    syscall(SYS_mprotect, page, PAGE, PROT_READ | PROT_WRITE));
}

/* --- sweeps: everything that is not on the list --------------------------- */

/* As long as the code is the stock one's: these, and these alone. The last
 * four with arguments of which some are refused. */
static const char *const permitted[] = { "accept", "accept4", "read", "readv",
	"write", "writev", "recvmsg", "sendmsg", "recvfrom", "sendto", "close",
	"getsockname", "getpeername", "getsockopt", "poll", "ppoll", "select",
	"pselect6", "epoll_wait", "epoll_pwait", "restart_syscall", "brk",
	"munmap", "mremap", "madvise", "clock_gettime", "gettimeofday", "time",
	"futex", "getpid", "gettid", "getrandom", "rt_sigprocmask",
	"rt_sigreturn", "exit", "exit_group", "shutdown", "fcntl", "mmap",
	"mprotect" };

static bool
is_permitted(int number)
{
	size_t i;

	for (i = 0; i < sizeof(permitted) / sizeof(*permitted); i++) {
		if (seccomp_syscall_resolve_name(permitted[i]) == number)
			return true;
	}
	return false;
}

/* Two are for the kernel's own trampolines: no filter sees them, and whoever
 * else calls them gets a SIGILL. */
static bool
is_for_trampolines(int number)
{
#ifdef __x86_64__
	return number == 335 || number == 336; /* uretprobe, uprobe */
#else
	return number < 0;
#endif
}

/* Arguments that the kernel refuses, too; but nobody gets that far. */
static void
sweep_calls(void)
{
	char text[512] = "";
	size_t len = 0;
	int tried = 0;
	int number;
	long rc;

	for (number = 0; number < SYSTEM_CALLS; number++) {
		if (is_permitted(number) || is_for_trampolines(number))
			continue;
		tried++;
		rc = syscall(number, -1l, -1l, -1l, -1l, -1l, -1l);
		if ((rc != -1 || errno != EPERM) && len < sizeof(text) - 16)
			len += (size_t)snprintf(
			    text + len, sizeof(text) - len, "%d,", number);
	}
	log_notice(NULL, "probe pid=%d when=%s sweep_calls=%d:%s",
	    (int)getpid(), when, tried, text);
}

static void
sweep_fcntl(void)
{
	char text[512] = "";
	size_t len = 0;
	int tried = 0;
	long command;
	int high;
	long rc;

	for (command = 0; command < 1100; command++) {
		for (high = 0; high < 2; high++) {
			if (high == 0 && command >= F_GETFD &&
			    command <= F_GETFL)
				continue;
			tried++;
			rc = syscall(SYS_fcntl, RESPONDER_LOG_FD,
			    command + high * HIGH_BITS, -1l);
			if ((rc != -1 || errno != EPERM) &&
			    len < sizeof(text) - 16)
				len += (size_t)snprintf(text + len,
				    sizeof(text) - len, "%ld,", command);
		}
	}
	log_notice(NULL, "probe pid=%d when=%s sweep_fcntl=%d:%s",
	    (int)getpid(), when, tried, text);
}

/* --- the whole ------------------------------------------------------------ */

static void
probe_all(void)
{
	probe_files();
	probe_shared();
	probe_shutdown();
	probe_sockets();
	probe_fork();
	probe_processes();
	probe_memory();
	probe_kernel();
	probe_needed();
}

/* The file "plan" beside the program; none: nothing. */
static void
read_plan(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);
	char *slash;
	int fd;

	if (n <= 0)
		return;
	path[n] = '\0';
	slash = strrchr(path, '/');
	(void)snprintf(slash, sizeof(path) - (size_t)(slash - path), "/plan");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	n = read(fd, plan, sizeof(plan) - 1);
	plan[n > 0 ? n : 0] = '\0';
	(void)close(fd);
}

int
__wrap_confine_responder(void)
{
	int rc;

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	read_plan();
	when = "before";
	probe_all();
	rc = __real_confine_responder();
	when = "after";
	return rc;
}

/* System calls in the manner of another architecture: the end at once. */
static void
call_as_another_architecture(void)
{
#ifdef __x86_64__
	if (strcmp(plan, "int80") == 0) {
		long rc = 20; /* getpid there */

		__asm__ volatile("int $0x80" : "+a"(rc) : : "memory");
		log_notice(NULL, "probe int80=survived:%ld", rc);
	}
	if (strcmp(plan, "x32") == 0)
		log_notice(NULL, "probe x32=survived:%ld",
		    syscall(0x40000000 + SYS_getpid));
#endif
}

void
__wrap_worker_loop(struct worker *worker)
{
	call_as_another_architecture();
	probe_all();
	probe_exec();
	sweep_calls();
	sweep_fcntl();
	log_notice(NULL, "probe pid=%d when=%s done=ok", (int)getpid(), when);
	__real_worker_loop(worker);
}
