/* SPDX-License-Identifier: MIT */
/* The steps that confine a program, in the order in which each one is still
 * possible. */
#include "guest/confine/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/gate.h"
#include "common/io.h"

#define CAPABILITIES_MAX 64
#define SECURE_BITS                                                            \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |       \
	    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |          \
	    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/*
 * The limits that no option of docker run sets, or that matter enough to be
 * set twice. Those that depend on the configuration are set by docker.
 */
static const struct {
	int resource;
	rlim_t value;
} program_limits[] = {
	{ RLIMIT_CORE, 1 }, /* 0 is ignored when core_pattern is a pipe */
	{ RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_MSGQUEUE, 0 },
	{ RLIMIT_NICE, 0 },
	{ RLIMIT_RTPRIO, 0 },
};

/* A limit that is as it should be stays: gVisor lets only some be set. */
static int
set_limit(int resource, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == -1)
		return -1;
	if (limit.rlim_cur == value && limit.rlim_max == value)
		return 0;
	limit.rlim_cur = limit.rlim_max = value;
	return setrlimit(resource, &limit);
}

int
confine_limits(void)
{
	size_t i;

	for (i = 0; i < sizeof(program_limits) / sizeof(*program_limits); i++) {
		if (set_limit(program_limits[i].resource,
			program_limits[i].value) == -1)
			return -1;
	}
	return 0;
}

/* When memory is short, the kernel takes this process before all others, PID 1
 * above all. */
static int
prefer_for_oom_kill(void)
{
	/* A process that is not dumpable may not write its own /proc. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		return -1;
	return io_write_file("/proc/self/oom_score_adj", "1000");
}

/* The kernel knows fewer than that: EINVAL says where they end. */
static int
drop_bounding_set(void)
{
	int capability;

	for (capability = 0; capability < CAPABILITIES_MAX; capability++) {
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == -1)
			return errno == EINVAL && capability > 0 ? 0 : -1;
	}
	return 0;
}

static int
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };

	if (drop_bounding_set() == -1 ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECUREBITS, SECURE_BITS, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_capset, &header, none);
}

const char *
confine_program(unsigned int flags)
{
	if (setsid() == -1)
		return "setsid";
	if (prefer_for_oom_kill() == -1)
		return "oom_score_adj";
	if ((flags & CONFINE_LIMITS) != 0 && confine_limits() == -1)
		return "setrlimit";
	errno = 0;
	if (nice(19) == -1 && errno != 0)
		return "nice";
	if ((flags & CONFINE_SIGNALS) != 0 && io_reset_signals() == -1)
		return "signals";
	if ((flags & CONFINE_CAPABILITIES) != 0 && drop_capabilities() == -1)
		return "capabilities";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return "no_new_privs";
	if (confine_paths((flags & CONFINE_LANDLOCK) != 0) == -1)
		return "landlock";
	if (confine_syscalls() == -1)
		return "seccomp";
	return NULL;
}

void
confine_fail(int report_fd, const char *step)
{
	struct gate_report report = { .kind = GATE_FAILED, .value = errno };

	(void)snprintf(report.step, sizeof(report.step), "%s", step);
	(void)io_write_all(report_fd, &report, sizeof(report), IO_FOREVER);
	_exit(127);
}
