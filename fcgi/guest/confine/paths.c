/* SPDX-License-Identifier: MIT */
/*
 * Landlock, the part of the confinement that knows paths: a path that is not
 * in the list can be neither opened nor listed nor executed. Above all /proc
 * and /sys stay shut: they tell of the host, and hold handles on PID 1.
 *
 * The kernel's structures and bits are repeated here, because the headers
 * that the guest is built with may be older than the kernel it meets.
 */
#include "guest/confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/io.h"

#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REMOVE_DIR (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_CHAR (1ULL << 6)
#define FS_MAKE_DIR (1ULL << 7)
#define FS_MAKE_REG (1ULL << 8)
#define FS_MAKE_SOCK (1ULL << 9)
#define FS_MAKE_FIFO (1ULL << 10)
#define FS_MAKE_BLOCK (1ULL << 11)
#define FS_MAKE_SYM (1ULL << 12)
#define FS_REFER (1ULL << 13)           /* since ABI 2, without it: EXDEV */
#define FS_TRUNCATE (1ULL << 14)        /* since ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15)       /* since ABI 5 */
#define SCOPE_ABSTRACT_UNIX (1ULL << 0) /* since ABI 6 */
#define SCOPE_SIGNAL (1ULL << 1)

#define ASK_FOR_ABI 1u
#define RULE_PATH_BENEATH 1

#define READ (FS_READ_FILE | FS_READ_DIR)
#define RUN (READ | FS_EXECUTE)
#define CHANGE                                                                 \
	(READ | FS_WRITE_FILE | FS_TRUNCATE | FS_REMOVE_DIR | FS_REMOVE_FILE | \
	    FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO |          \
	    FS_MAKE_SYM | FS_REFER)
#define DEVICE (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)

struct landlock_ruleset {
	uint64_t handled_fs;
	uint64_t handled_net;
	uint64_t scoped;
};

struct landlock_beneath {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

static const struct {
	const char *path;
	uint64_t rights;
} path_rules[] = {
	/* The first four are links to the fifth where /usr is merged. */
	{ "/bin", RUN },
	{ "/lib", RUN },
	{ "/lib64", RUN },
	{ "/sbin", RUN },
	{ "/usr", RUN },
	{ "/opt", RUN },
	{ "/etc", READ },
	{ "/box", CHANGE },
	{ "/tmp", CHANGE },
	{ "/dev/shm", CHANGE },
	{ "/dev/null", DEVICE },
	{ "/dev/zero", DEVICE },
	{ "/dev/full", DEVICE },
	{ "/dev/random", DEVICE },
	{ "/dev/urandom", DEVICE },
};

/*
 * Everything that the kernel can refuse is to be refused. The structure has
 * grown with the ABI; older kernels take a longer one as long as the rest is
 * zero.
 */
static struct landlock_ruleset
handled_by_abi(long abi)
{
	struct landlock_ruleset ruleset = { .handled_fs = FS_REFER - 1 };

	if (abi >= 2)
		ruleset.handled_fs |= FS_REFER;
	if (abi >= 3)
		ruleset.handled_fs |= FS_TRUNCATE;
	if (abi >= 5)
		ruleset.handled_fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		ruleset.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return ruleset;
}

/* A path that the image does not have needs no rule. */
static int
allow_path(int ruleset_fd, const char *path, uint64_t rights)
{
	struct landlock_beneath beneath = { .allowed = rights };
	int fd;
	int rc;

	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	beneath.parent_fd = fd;
	rc = (int)syscall(
	    SYS_landlock_add_rule, ruleset_fd, RULE_PATH_BENEATH, &beneath, 0u);
	fd_close(&fd);
	return rc;
}

int
confine_paths(bool required)
{
	struct landlock_ruleset ruleset;
	int fd = -1;
	int rc = -1;
	long abi;
	size_t i;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_FOR_ABI);
	if (abi == -1 && !required && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0; /* not built in, or not enabled at boot */
	if (abi == -1)
		return -1;
	ruleset = handled_by_abi(abi);
	fd = (int)syscall(
	    SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0u);
	if (fd == -1)
		return -1;
	for (i = 0; i < sizeof(path_rules) / sizeof(*path_rules); i++)
		if (allow_path(fd, path_rules[i].path,
			path_rules[i].rights & ruleset.handled_fs) == -1)
			goto out;
	rc = (int)syscall(SYS_landlock_restrict_self, fd, 0u);
out:
	fd_close(&fd);
	return rc;
}
