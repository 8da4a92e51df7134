/* SPDX-License-Identifier: MIT */
/* Spawns the docker client: clean environment, rlimits, deadline. */
#include "supervisor/docker/client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "supervisor/docker/args.h"
#include "supervisor/host/spawn.h"

/* Budgets of the clients: microseconds. */
#define KILL_BUDGET_US (2 * 1000000)
#define REMOVE_BUDGET_US (10 * 1000000)
#define QUERY_BUDGET_US (10 * 1000000)
/* Most bytes that a client may write to any file, ours included. */
#define CLIENT_FILE_BYTES (256 * 1024)

static const struct spawn_limit client_limits[] = {
	{ RLIMIT_CPU, 20 }, /* seconds; a start takes hundredths */
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_NOFILE, 256 },
	{ RLIMIT_FSIZE, CLIENT_FILE_BYTES },
};

static void
exec_client(
    const struct docker *docker, const struct docker_args *args, int output_fd)
{
	char config_dir[DOCKER_PATH_MAX + 32];
	char host[CONFIG_STRING_MAX + 32];
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char home[] = "HOME=/nonexistent";
	/* It has next to nothing to do, and less without tidying up. */
	char threads[] = "GOMAXPROCS=1";
	char garbage[] = "GOGC=off";
	char memory[] = "GOMEMLIMIT=64MiB"; /* from there on it does */
	char *environment[8] = { path, home, threads, garbage, memory,
		config_dir, NULL, NULL };

	(void)snprintf(config_dir, sizeof(config_dir), "DOCKER_CONFIG=%s",
	    docker->config_dir);
	(void)snprintf(
	    host, sizeof(host), "DOCKER_HOST=%s", docker->config->docker_host);
	if (docker->config->docker_host[0] != '\0')
		environment[6] = host;
	if (dup2(output_fd, STDOUT_FILENO) == -1 ||
	    dup2(output_fd, STDERR_FILENO) == -1)
		_exit(126);
	spawn_close_from(STDERR_FILENO + 1);
	if (io_reset_signals() == -1)
		_exit(126);
	spawn_set_limits(
	    client_limits, sizeof(client_limits) / sizeof(*client_limits));
	(void)execve(docker->config->docker_cli,
	    (char *const *)(uintptr_t)args->argv, environment);
	_exit(127);
}

static int
start_client(const struct docker *docker, struct docker_client *client,
    struct docker_args *args, uint64_t budget_us)
{
	docker_client_init(client);
	args->argv[args->count] = NULL;
	if (args->failed) {
		errno = E2BIG;
		return -1;
	}
	client->output_fd = memfd_create("client-output", MFD_CLOEXEC);
	if (client->output_fd == -1)
		return -1;
	client->deadline_us = io_now_us() + budget_us;
	client->pid = fork();
	if (client->pid == -1) {
		docker_client_finish(client);
		return -1;
	}
	if (client->pid == 0)
		exec_client(docker, args, client->output_fd);
	return 0;
}

void
docker_client_init(struct docker_client *client)
{
	client->pid = -1;
	client->output_fd = -1;
	client->deadline_us = UINT64_MAX;
}

void
docker_client_finish(struct docker_client *client)
{
	fd_close(&client->output_fd);
	docker_client_init(client);
}

uint64_t
docker_client_settle(struct docker_client *client, uint64_t now_us)
{
	if (client->pid != -1 && client->deadline_us <= now_us) {
		(void)kill(client->pid, SIGKILL);
		client->deadline_us = UINT64_MAX;
	}
	return client->deadline_us;
}

void
docker_client_output(const struct docker_client *client, char *buf, size_t size)
{
	ssize_t n = pread(client->output_fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	n = (ssize_t)strlen(buf);
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
}

int
docker_run(const struct docker *docker, struct docker_client *client,
    const struct docker_box *box)
{
	struct docker_args args = { .count = 0 };

	if (box->is_network)
		docker_args_hold(&args, docker, box);
	else
		docker_args_run(&args, docker, box);
	return start_client(docker, client, &args,
	    (uint64_t)docker->config->start_timeout_ms * 1000);
}

int
docker_kill(
    const struct docker *docker, struct docker_client *client, const char *name)
{
	struct docker_args args = {
		.argv = { docker->config->docker_cli, "kill", name }, .count = 3
	};

	return start_client(docker, client, &args, KILL_BUDGET_US);
}

int
docker_remove(const struct docker *docker, struct docker_client *client,
    char names[][DOCKER_NAME_MAX], size_t count)
{
	struct docker_args args = { .argv = { docker->config->docker_cli, "rm",
					"--force" },
		.count = 3 };
	size_t i;

	for (i = 0; i < count; i++)
		docker_args_add(&args, names[i]);
	return start_client(docker, client, &args, REMOVE_BUDGET_US);
}

int
docker_list(const struct docker *docker, struct docker_client *client)
{
	struct docker_args args = { .argv = { docker->config->docker_cli, "ps",
					"--all", "--format", "{{.Names}}",
					"--filter" },
		.count = 6 };

	docker_args_add_format(
	    &args, "label=sce.instance=%s", docker->config->run_dir);
	return start_client(docker, client, &args, QUERY_BUDGET_US);
}

int
docker_inspect_image(
    const struct docker *docker, struct docker_client *client, uint32_t runtime)
{
	struct docker_args args = {
		.argv = { docker->config->docker_cli, "image", "inspect",
		    "--format", "{{.Id}}",
		    docker->config->runtimes[runtime].image },
		.count = 6
	};

	return start_client(docker, client, &args, QUERY_BUDGET_US);
}

int
docker_wait(struct docker_client *client)
{
	int status = -1;

	while (waitpid(client->pid, &status, WNOHANG) == 0) {
		if (io_now_us() >= client->deadline_us) {
			(void)kill(client->pid, SIGKILL);
			(void)waitpid(client->pid, NULL, 0);
			return -1;
		}
		(void)usleep(2000); /* no event loop yet, or none any more */
	}
	return status;
}

int
docker_parse_image_id(const char *output, char id[DOCKER_IMAGE_ID_MAX])
{
	size_t len = strlen("sha256:") + 64;

	if (strncmp(output, "sha256:", 7) != 0 || strlen(output) < len ||
	    strspn(output + 7, "0123456789abcdef") != 64)
		return -1;
	(void)snprintf(id, DOCKER_IMAGE_ID_MAX, "%.*s", (int)len, output);
	return 0;
}

bool
docker_name_is_sane(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, "sce-", 4) == 0 && len < DOCKER_NAME_MAX &&
	       strspn(name + 4, "0123456789abcdef-") == len - 4;
}
