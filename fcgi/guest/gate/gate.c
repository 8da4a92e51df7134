/* SPDX-License-Identifier: MIT */
/*
 * How the gate gets into the stock interpreter, and its loop. It interposes
 * fopen, with which Python opens its script when all else is ready: site has
 * run, sys.argv and sys.path are as they will be.
 */
#include "guest/gate/gate.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/fdpass.h"
#include "common/io.h"
#include "common/limits.h"
#include "guest/confine/confine.h"
#include "guest/gate/python.h"

#define EXPORT __attribute__((visibility("default")))
#define SCRIPT "/box/" EXTRAS_SCRIPT
/*
 * The seccomp profile (image/seccomp-fork.sh) has this very number. The init
 * is the guest's child, since the guest is to see its end. It has the gate's
 * memory, not a copy, which would cost as much as the program's own. Meanwhile
 * the gate closes its descriptors, tells the pid and waits.
 */
#define INIT_FLAGS                                                             \
	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |           \
	    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_PARENT | CLONE_VM | SIGCHLD)
#define INIT_STACK_BYTES (128 * 1024)

static struct gate gate;
static bool gate_is_armed;
static char gate_preload[PRELOAD_BYTES_MAX];
static FILE *(*real_fopen)(const char *, const char *);

/* For one init after the other. */
static int init_fds[GATE_FDS];
static uint8_t *init_stack;

/* A program goes on here, on the gate's own stack, of which it has a copy. */
static ucontext_t gate_exit;
static volatile bool is_program;

/* Runs before main: Python is to find no trace of us in its environment. */
__attribute__((constructor)) static void
arm(void)
{
	const char *text = getenv(GATE_VARIABLE);
	int modules = 0;

	real_fopen = dlsym(RTLD_NEXT, "fopen64");
	if (real_fopen == NULL)
		_exit(120);
	if (text == NULL)
		return;
	/* Without these a finalizer could be missed; no call would tell. */
	if (&_Py_UnhandledKeyboardInterrupt == NULL ||
	    &_PyWeakref_RefType == NULL || &_PyWeakref_ProxyType == NULL ||
	    &_PyWeakref_CallableProxyType == NULL)
		_exit(120);
	if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %n",
		&gate.box_bytes, &gate.tmp_bytes, &gate.shm_bytes,
		&modules) != 3 ||
	    strlen(text + modules) >= sizeof(gate_preload))
		_exit(121);
	memcpy(gate_preload, text + modules, strlen(text + modules));
	gate.uid = getuid();
	gate.gid = getgid();
	(void)unsetenv(GATE_VARIABLE);
	(void)unsetenv("LD_PRELOAD");
	(void)unsetenv(GATE_BIND_VARIABLE);
	if (fcntl(GATE_SOCKET_FD, F_SETFD, FD_CLOEXEC) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		_exit(122);
	gate_is_armed = true;
}

/* Writes out what was printed so far: each program would write what is left in
 * a buffer. A module may have left something that is no stream. */
static void
flush_output(void)
{
	static const char *const streams[] = { "stdout", "stderr", "__stdout__",
		"__stderr__" };
	size_t i;

	for (i = 0; i < sizeof(streams) / sizeof(*streams); i++) {
		if (PyObject_CallMethod(
			PySys_GetObject(streams[i]), "flush", NULL) == NULL)
			PyErr_Clear();
	}
}

/* The configuration says which modules are to be there already. */
static void
import_modules(void)
{
	char *rest = NULL;
	char *name;

	for (name = strtok_r(gate_preload, ",", &rest); name != NULL;
	     name = strtok_r(NULL, ",", &rest)) {
		if (PyImport_ImportModule(name) == NULL) {
			PyErr_Print();
			_exit(123);
		}
	}
	flush_output();
}

/* Runs in the init, and then in the program. */
static int
run_init(void *unused)
{
	(void)unused;
	namespaces_run_init(&gate, init_fds);
	is_program = true;
	(void)setcontext(&gate_exit);
	_exit(127);
}

/* The next program is not to find on the stack what the last init left there,
 * such as how its program ended: the stack is all zeros again. */
static pid_t
clone_init(void)
{
	if (madvise(init_stack, INIT_STACK_BYTES, MADV_DONTNEED) == -1)
		return -1;
	return clone(run_init, init_stack + INIT_STACK_BYTES, INIT_FLAGS, NULL);
}

static void
serve_one(void)
{
	struct pollfd p = { .fd = GATE_SOCKET_FD, .events = POLLIN };
	struct gate_request request;
	int fds[GATE_FDS];
	int32_t pid;

	while (poll(&p, 1, -1) == -1)
		;
	if (fdpass_recv_many(GATE_SOCKET_FD, &request, sizeof(request), fds,
		GATE_FDS) != 1 ||
	    request.magic != GATE_MAGIC)
		_exit(124); /* the guest is gone, or not ours */
	/* The init has a copy: the gate closes its own in the meantime. */
	memcpy(init_fds, fds, sizeof(init_fds));
	pid = clone_init();
	if (pid == -1)
		pid = -errno;
	fd_close_all(fds, GATE_FDS);
	if (fdpass_send(GATE_SOCKET_FD, &pid, sizeof(pid), -1) == -1)
		_exit(125);
}

/* Returns once in each program, with the interpreter's lock, never in the
 * gate. */
static void
wait_at_gate(void)
{
	const int32_t ready = 0;

	gate_is_armed = false;
	(void)PyGILState_Ensure();
	import_modules();
	init_stack = mmap(NULL, INIT_STACK_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (init_stack == MAP_FAILED || script_prepare() == -1 ||
	    confine_prepare() == -1)
		_exit(126);
	/* Once for all forks: after this nothing of Python runs in the gate. */
	PyOS_BeforeFork();
	prefault_learn();
	if (fdpass_send(GATE_SOCKET_FD, &ready, sizeof(ready), -1) == -1)
		_exit(125);
	(void)getcontext(&gate_exit);
	while (!is_program)
		serve_one();
}

EXPORT FILE *
fopen64(const char *path, const char *mode)
{
	bool waits = gate_is_armed && strcmp(path, SCRIPT) == 0;
	FILE *file;

	if (waits)
		wait_at_gate();
	file = real_fopen(path, mode);
	if (waits && file != NULL)
		script_run(file, path);
	return file;
}
