/* SPDX-License-Identifier: MIT */
/*
 * Makes the system calls that it is told of, each in a process of its own,
 * and says how the kernel answered. "strict" as the first word of its command
 * line: under the guest's strict filter, which it puts on itself.
 *
 * A line of standard input is LABEL NUMBER and six arguments, hexadecimal.
 * A line of its output is LABEL and one of
 *   result VALUE     what the call returned
 *   errno NUMBER     how it was refused, or failed
 *   exited STATUS    it did not return, as exit does not
 *   signal NUMBER    it did not survive
 * Two numbers are no system calls of this machine: "int80" asks for getpid as
 * a 32-bit program does, "x32" as one with 32-bit pointers does.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/confine/confine.h"

#define ARGUMENTS 6
/* A call that waits is one that was let through: seconds. */
#define PATIENCE 1
#define LABEL_MAX 128

struct probe {
	char label[LABEL_MAX];
	char number[32];
	unsigned long args[ARGUMENTS];
};

struct answer {
	long value;
	int error;
};

#ifdef __x86_64__
#define X32_BIT 0x40000000L
#define GETPID_32 20

static long
call_as_32_bit(void)
{
	long value;

	__asm__ volatile("int $0x80"
			 : "=a"(value)
			 : "a"((long)GETPID_32)
			 : "memory", "r8", "r9", "r10", "r11");
	return value;
}

static long
call_foreign(const struct probe *probe)
{
	long value;

	if (strcmp(probe->number, "x32") == 0)
		return syscall(X32_BIT | SYS_getpid);
	value = call_as_32_bit();
	if (value >= 0)
		return value;
	errno = (int)-value;
	return -1;
}
#endif

static long
call(const struct probe *probe)
{
	const unsigned long *a = probe->args;

#ifdef __x86_64__
	if (strcmp(probe->number, "x32") == 0 ||
	    strcmp(probe->number, "int80") == 0)
		return call_foreign(probe);
#endif
	return syscall(strtol(probe->number, NULL, 10), a[0], a[1], a[2], a[3],
	    a[4], a[5]);
}

/* In a child. Whoever else comes back from the call, as a fork's child
 * does, finds that the first answer was taken. */
static void
make_call(const struct probe *probe, int answer_fd)
{
	struct answer answer = { .error = 0 };

	alarm(PATIENCE);
	errno = 0;
	answer.value = call(probe);
	if (answer.value == -1)
		answer.error = errno;
	if (write(answer_fd, &answer, sizeof(answer)) == -1)
		_exit(100);
	_exit(0);
}

static void
print_answer(const struct probe *probe, const struct answer *answer)
{
	if (answer->error != 0)
		printf("%s errno %d\n", probe->label, answer->error);
	else
		printf("%s result %ld\n", probe->label, answer->value);
}

static void
print_status(const struct probe *probe, int status)
{
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", probe->label, WTERMSIG(status));
	else
		printf("%s exited %d\n", probe->label, WEXITSTATUS(status));
}

static int
run_probe(const struct probe *probe)
{
	struct answer answer;
	int fds[2];
	int status;
	pid_t pid;
	bool answered;

	if (pipe(fds) == -1)
		return -1;
	pid = fork();
	if (pid == -1)
		return -1;
	if (pid == 0)
		make_call(probe, fds[1]);
	close(fds[1]);
	if (waitpid(pid, &status, 0) == -1)
		return -1;
	answered = read(fds[0], &answer, sizeof(answer)) == sizeof(answer);
	close(fds[0]);
	if (answered)
		print_answer(probe, &answer);
	else
		print_status(probe, status);
	return fflush(stdout);
}

static bool
parse_probe(const char *line, struct probe *probe)
{
	unsigned long *a = probe->args;

	return sscanf(line, "%127s %31s %lx %lx %lx %lx %lx %lx", probe->label,
		   probe->number, &a[0], &a[1], &a[2], &a[3], &a[4],
		   &a[5]) == 2 + ARGUMENTS;
}

int
main(int argc, char *argv[])
{
	const struct rlimit no_core = { .rlim_cur = 1, .rlim_max = 1 };
	char line[512];
	struct probe probe;

	if (setrlimit(RLIMIT_CORE, &no_core) == -1)
		return 1;
	if (argc > 1 && strcmp(argv[1], "strict") == 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
		confine_prepare() == -1 || confine_syscalls() == -1)) {
		perror("strict filter");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (!parse_probe(line, &probe) || run_probe(&probe) == -1) {
			perror(line);
			return 1;
		}
	}
	return 0;
}
