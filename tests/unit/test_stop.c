/* SPDX-License-Identifier: MIT */
/* The order of events when the supervisor is told to stop. */
#include "supervisor_support.h"
#include "systemd_support.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "common/io.h"

#define WAIT_MS 10000

/* A manager's socket that is full: who tells it something waits. */
static int
full_socket(char name[SYSTEMD_ADDRESS_MAX])
{
	int fd = systemd_notify_socket(0, name);
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	int sender;
	int sent;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	/* Each sender has a limit of its own, too. */
	do {
		sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		assert_int_equal(
		    connect(sender, (struct sockaddr *)&address, len), 0);
		for (sent = 0; send(sender, "x", 1, 0) == 1; sent++)
			;
		assert_int_equal(errno, EAGAIN);
		close(sender);
	} while (sent > 0);
	return fd;
}

/* One idle responder, of which only the channel is there. Returns its end. */
static int
add_responder(struct supervisor *sup)
{
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	sup->responder_count = 1;
	sup->responders[0].pid = -1;
	sup->responders[0].state = RESPONDER_IDLE;
	sup->responders[0].respawn_us = IO_FOREVER;
	sup->responders[0].release_by_us = IO_FOREVER;
	sup->responders[0].channel_fd = pair[0];
	return pair[1];
}

/* The supervisor as a process of its own, which SIGTERM stops. */
static pid_t
run(struct supervisor *sup)
{
	sigset_t signals;
	pid_t pid;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	(void)alarm(60);          /* whatever becomes of the test */
	sup->pool.slot_count = 0; /* nothing is started */
	sup->next_sweep_us = IO_FOREVER;
	sup->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK);
	(void)events_watch(sup, sup->signal_fd, EPOLLIN, EVENT_SIGNAL, 0);
	_exit(supervisor_run(sup) == 0 ? 0 : 1);
}

/* A manager that hears "stopping" may send the next request to a successor. */
static void
nobody_is_told_while_responders_accept(void **state)
{
	struct supervisor *sup = *state;
	int manager_fd = full_socket(sup->systemd.address);
	struct pollfd channel = { .fd = add_responder(sup), .events = POLLIN };
	pid_t pid = run(sup);
	int status;
	char byte;

	assert_int_not_equal(pid, -1);
	close(sup->responders[0].channel_fd);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(poll(&channel, 1, WAIT_MS), 1);
	assert_int_equal(recv(channel.fd, &byte, 1, 0), 0);
	/* Only now is there room for what the manager is told. */
	while (recv(manager_fd, &byte, 1, 0) == 1 && byte == 'x')
		;
	assert_int_equal(byte, 'S');
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(channel.fd);
	close(manager_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    nobody_is_told_while_responders_accept, make_supervisor,
		    free_supervisor),
	};

	return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
