/* SPDX-License-Identifier: MIT */
/*
 * spawn [-e NAME=VALUE]... OUTPUT -- COMMAND...: what load.c does, by starting
 * a program instead of sending a request. Its standard output is to be the
 * text OUTPUT, byte for byte, and its status 0. With -e it gets these variables
 * and no others.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

#define CLIENTS_MAX 256
#define OUTPUT_BYTES_MAX 4096
#define VARIABLES_MAX 16

struct client {
	pid_t pid;
	uint64_t begun_ns;
	size_t got;
	char output[OUTPUT_BYTES_MAX];
};

struct load {
	char **command;
	char **environment;
	const char *expected;
	int null_fd;
	struct client clients[CLIENTS_MAX];
	struct pollfd fds[CLIENTS_MAX]; /* -1: this client does nothing */
	struct order order;
	struct tally tally;
	uint64_t begun;
	uint64_t busy;
};

static _Noreturn void
fail(const char *what)
{
	(void)fprintf(stderr, "spawn: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
begin(struct load *load, uint64_t i)
{
	struct client *client = &load->clients[i];
	posix_spawn_file_actions_t actions;
	int fds[2];

	client->begun_ns = now_ns();
	client->got = 0;
	if (pipe2(fds, O_CLOEXEC) == -1)
		fail("pipe2");
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(
	    &actions, load->null_fd, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	errno = posix_spawnp(&client->pid, load->command[0], &actions, NULL,
	    load->command, load->environment);
	if (errno != 0)
		fail(load->command[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	load->fds[i] = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	load->begun++;
	load->busy++;
}

static void
end(struct load *load, uint64_t i)
{
	struct client *client = &load->clients[i];
	bool right;
	int status;

	(void)close(load->fds[i].fd);
	load->fds[i].fd = -1;
	if (waitpid(client->pid, &status, 0) == -1)
		fail("waitpid");
	right = status == 0 && client->got == strlen(load->expected) &&
		memcmp(client->output, load->expected, client->got) == 0;
	if (!right)
		(void)fprintf(stderr, "spawn: status %#x, printed: %.*s\n",
		    (unsigned int)status, (int)client->got, client->output);
	tally_note(
	    &load->tally, right ? ENDED_OK : ENDED_WRONG, client->begun_ns);
	load->busy--;
	if (tally_goes_on(&load->tally, &load->order, load->begun))
		begin(load, i);
}

static void
receive(struct load *load, uint64_t i)
{
	struct client *client = &load->clients[i];
	ssize_t n = read(load->fds[i].fd, client->output + client->got,
	    sizeof(client->output) - client->got);

	if (n > 0)
		client->got += (size_t)n;
	else if (n == 0 || errno != EINTR)
		end(load, i);
}

static void
carry_out(struct load *load)
{
	uint64_t i;

	tally_begin(&load->tally, &load->order);
	load->begun = 0;
	for (i = 0; i < load->order.clients &&
		    tally_goes_on(&load->tally, &load->order, load->begun);
	     i++)
		begin(load, i);
	while (load->busy > 0) {
		if (poll(load->fds, load->order.clients, -1) == -1)
			fail("poll");
		for (i = 0; i < load->order.clients; i++) {
			if (load->fds[i].fd != -1 && load->fds[i].revents != 0)
				receive(load, i);
		}
	}
	tally_print(&load->tally, &load->order);
}

static int
take_options(struct load *load, int argc, char *argv[])
{
	static char *variables[VARIABLES_MAX + 1];
	size_t count = 0;
	int c;

	load->environment = environ;
	while ((c = getopt(argc, argv, "+e:")) != -1) {
		if (c != 'e' || count == VARIABLES_MAX)
			return -1;
		variables[count++] = optarg;
		load->environment = variables;
	}
	if (argc - optind < 3 || strcmp(argv[optind + 1], "--") != 0)
		return -1;
	load->expected = argv[optind];
	load->command = argv + optind + 2;
	return 0;
}

int
main(int argc, char *argv[])
{
	static struct load load;
	int i;

	if (take_options(&load, argc, argv) == -1) {
		(void)fprintf(stderr, "usage: spawn [-e NAME=VALUE]... OUTPUT "
				      "-- COMMAND...\n");
		return 2;
	}
	load.null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < CLIENTS_MAX; i++)
		load.fds[i].fd = -1;
	while (order_read(&load.order)) {
		if (load.order.clients > CLIENTS_MAX)
			fail("too many clients");
		carry_out(&load);
	}
	return 0;
}
