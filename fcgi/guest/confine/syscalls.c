/* SPDX-License-Identifier: MIT */
/*
 * The strict filter: what an interpreter and its programs may ask of the
 * kernel. It lies on top of the container's filter (image/seccomp.json),
 * which holds what the guest itself needs besides, and takes back the rest.
 *
 * One constant list in classic BPF, which is loaded as a search tree
 * (filter.h). Each rule begins by comparing the call's number in the
 * accumulator and ends in a verdict, so that the next rule still finds the
 * number there. Arguments are compared in all their 64 bits: the kernel looks
 * at fewer, and a test of the low half alone can be evaded. Only listed values
 * are let through.
 */
#include "guest/confine/confine.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef SYS_memfd_secret /* younger than these headers */
#define SYS_memfd_secret 447
#endif

#if defined(__x86_64__)
#define ARCH_NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH_NATIVE AUDIT_ARCH_AARCH64
#else
#error "the strict filter has been thought through for x86-64 and arm64 only"
#endif
_Static_assert(__BYTE_ORDER == __LITTLE_ENDIAN, "the low half comes first");

/*
 * Calls younger than this table do not exist for the C library, which then
 * does without. The x32 bit makes a number larger than any of them.
 */
#define NUMBER_LAST_KNOWN 450

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (uint32_t)offsetof(struct seccomp_data, field))
#define LOAD_HIGH(n)                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (uint32_t)(offsetof(struct seccomp_data, args[n]) + 4))
#define PASS BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

/* The whole rule for a call that is always, or never, allowed. */
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), PASS
#define DENY(call, error)                                                      \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), REFUSE(error)

/* A rule with a body, which is jumped over for other calls. */
#define BODY_LEN(...)                                                          \
	(sizeof((const struct sock_filter[]){ __VA_ARGS__ }) /                 \
	    sizeof(struct sock_filter))
#define RULE(call, ...)                                                        \
	BPF_JUMP(                                                              \
	    BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, BODY_LEN(__VA_ARGS__)),  \
	    __VA_ARGS__

/* Parts of bodies. ARG leaves the low half of argument n to be looked at. */
#define ARG(n, error)                                                          \
	LOAD_HIGH(n), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),            \
	    REFUSE(error), LOAD(args[n])
#define IGNORE_BITS(mask) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~(uint32_t)(mask))
#define PASS_IF(value)                                                         \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, 1), PASS
#define GO_ON_IF(value, error)                                                 \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 1, 0),          \
	    REFUSE(error)
#define GO_ON_IF_EITHER(value, other, error)                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 2, 0),          \
	    GO_ON_IF(other, error)

/* For the caller alone: the guest has the same uid, but is number 1. */
#define ON_SELF ARG(0, EPERM), PASS_IF(0), REFUSE(EPERM)

/* The kernel takes the low halves of setsockopt's level and name. */
#define REFUSE_OPTION(level, name)                                             \
	LOAD(args[2]), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, name, 0, 3),        \
	    LOAD(args[1]), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, level, 0, 1),   \
	    REFUSE(ENOPROTOOPT)

#define KINDS_OF_NODE                                                          \
	IGNORE_BITS(07777), PASS_IF(S_IFIFO), PASS_IF(S_IFREG), PASS_IF(0),    \
	    PASS_IF(S_IFSOCK), REFUSE(EPERM)

/* The new namespaces of clone(2): inside one's own user namespace one is
 * root, and most of the kernel is open. */
#define CLONE_NEW_ANY 0x7e020000u

/* Fixed by the kernel; headers have them under changing conditions. */
#define IOCTL_TCGETS 0x5401
#define IOCTL_TIOCGPGRP 0x540f
#define IOCTL_TIOCOUTQ 0x5411
#define IOCTL_TIOCGWINSZ 0x5413
#define IOCTL_FIONREAD 0x541b
#define IOCTL_FIONBIO 0x5421
#define IOCTL_FIONCLEX 0x5450
#define IOCTL_FIOCLEX 0x5451
#define FCNTL_GETPIPE_SZ 1032
#define FCNTL_DUPFD_CLOEXEC 1030
#define FCNTL_OFD_GETLK 36
#define FCNTL_OFD_SETLK 37
#define FCNTL_OFD_SETLKW 38
#define PRCTL_SET_VMA 0x53564d41
#define IPV6_FLOWLABEL_MGR 32
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

/* Leaves the number in the accumulator. */
static const struct sock_filter prologue[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH_NATIVE, 1, 0),
	REFUSE(ENOSYS),
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NUMBER_LAST_KNOWN, 0, 1),
	REFUSE(ENOSYS),
};

static const struct sock_filter rules[] = {
#include "guest/confine/table.inc"
	REFUSE(EPERM),
};

static struct filter strict_filter;

int
confine_prepare(void)
{
	strict_filter.len = 0;
	if (filter_add(&strict_filter, prologue,
		sizeof(prologue) / sizeof(*prologue)) == -1)
		return -1;
	return filter_add_tree(&strict_filter, rules,
	    sizeof(rules) / sizeof(*rules), NUMBER_LAST_KNOWN);
}

int
confine_syscalls(void)
{
	const struct sock_fprog program = {
		.len = (unsigned short)strict_filter.len,
		.filter = strict_filter.code,
	};

	/* The kernel takes no empty one. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
