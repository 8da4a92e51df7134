/* SPDX-License-Identifier: MIT */
/*
 * A responder parses bytes of strangers. An attacker who takes it over finds
 * its listening socket, its channel to the supervisor, an append-only log, and
 * a kernel that answers "not permitted" to nearly everything else.
 */
#include "responder/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/io.h"
#include "common/lease.h"

/* All file system rights of the first Landlock version. */
#define LANDLOCK_ALL_FILE_RIGHTS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* A sanitizer's own needs (threads, /proc, executable maps) are not ours. */
#ifdef __SANITIZE_ADDRESS__
#define FILTER_CALLS 0
#else
#define FILTER_CALLS 1
#endif

static const int allowed_calls[] = {
	/* FastCGI and the sandbox */
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(read), SCMP_SYS(readv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(close),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
	/* waiting */
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(restart_syscall),
	/* memory, without PROT_EXEC: below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* time, threads' locks, the end */
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(getrandom), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(exit), SCMP_SYS(exit_group)
};

/* No F_SETFL: O_NONBLOCK and O_APPEND belong to all who share the socket and
 * the log. */
static const scmp_datum_t allowed_fcntls[] = { F_GETFD, F_SETFD, F_GETFL };

const char *
confine_check(void)
{
	gid_t groups[1];
	cap_t caps;
	cap_t none;
	int same;

	if (getuid() == 0 || geteuid() == 0 || getgid() == 0 || getegid() == 0)
		return "it is root";
	if (getgroups(0, groups) != 0)
		return "it has supplementary groups";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "no_new_privs is not set";
	caps = cap_get_proc();
	none = cap_init();
	same = caps != NULL && none != NULL && cap_compare(caps, none) == 0;
	(void)cap_free(caps);
	(void)cap_free(none);
	return same ? NULL : "it has capabilities";
}

static int
forbid_files(void)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ALL_FILE_RIGHTS,
	};
	long rc;
	int fd;

	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd == -1)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
	rc = syscall(SYS_landlock_restrict_self, fd, 0);
	fd_close(&fd);
	return (int)rc;
}

static int
add_rules(scmp_filter_ctx filter)
{
	size_t i;
	int fd;

	for (i = 0; i < sizeof(allowed_calls) / sizeof(*allowed_calls); i++) {
		if (seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, allowed_calls[i], 0) != 0)
			return -1;
	}
	/*
	 * No responder may shut a descriptor that all share. Others are allowed
	 * one by one, because "greater than" would also hold for high bits,
	 * which the kernel drops.
	 */
	for (fd = RESPONDER_LOG_FD + 1; fd < RESPONDER_OPEN_FILES; fd++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(shutdown),
			1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0)) != 0)
			return -1;
	}
	for (i = 0; i < sizeof(allowed_fcntls) / sizeof(*allowed_fcntls); i++) {
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
			SCMP_A1(SCMP_CMP_EQ, allowed_fcntls[i], 0)) != 0)
			return -1;
	}
	/* Memory may be had, but never executed. */
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
		return -1;
	return 0;
}

static int
forbid_syscalls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = -1;

	if (filter == NULL)
		return -1;
	if (!FILTER_CALLS ||
	    (add_rules(filter) == 0 && seccomp_load(filter) == 0))
		rc = 0;
	seccomp_release(filter);
	return rc;
}

/* sced cannot do this: with the limit, exec fails after a change of uid. */
static int
forbid_processes(void)
{
	const struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_NPROC, &none);
}

int
confine_responder(void)
{
	if (forbid_processes() == -1 || forbid_files() == -1)
		return -1;
	return forbid_syscalls();
}
