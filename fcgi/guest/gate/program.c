/* SPDX-License-Identifier: MIT */
/*
 * What the program gives up before it goes back to Python: what child.c takes
 * from a program that is executed, and the capabilities of its init.
 */
#include "guest/gate/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/confine/confine.h"

#define CAPABILITIES_MAX 64
#define SECURE_BITS                                                            \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |       \
	    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |          \
	    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

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

static int
use_pipes(const int fds[GATE_FDS])
{
	if (dup2(fds[GATE_FD_STDIN], STDIN_FILENO) == -1 ||
	    dup2(fds[GATE_FD_STDOUT], STDOUT_FILENO) == -1 ||
	    dup2(fds[GATE_FD_STDERR], STDERR_FILENO) == -1)
		return -1;
	return 0;
}

int
program_place_fds(const int fds[GATE_FDS])
{
	/* Out of the way of these numbers first. */
	int run = fcntl(fds[GATE_FD_RUN], F_DUPFD_CLOEXEC, PROGRAM_RUN_FD + 1);

	if (use_pipes(fds) == -1 || run == -1 ||
	    dup3(run, PROGRAM_RUN_FD, O_CLOEXEC) == -1)
		return -1;
	return (int)syscall(SYS_close_range, PROGRAM_RUN_FD + 1, INT_MAX, 0);
}

const char *
program_confine(void)
{
	if (setsid() == -1)
		return "setsid";
	/* A process that is not dumpable may not write its own /proc. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ||
	    io_write_file("/proc/self/oom_score_adj", "1000") == -1)
		return "oom_score_adj";
	errno = 0;
	if (nice(19) == -1 && errno != 0)
		return "nice";
	if (drop_capabilities() == -1)
		return "capabilities";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return "no_new_privs";
	if (confine_paths(true) == -1)
		return "landlock";
	if (confine_syscalls() == -1)
		return "seccomp";
	return NULL;
}
