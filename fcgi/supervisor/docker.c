/* SPDX-License-Identifier: MIT */
/*
 * The table of docker's options, and the spawning of its client. Nothing in
 * an argv comes from anywhere but the configuration and our own counters.
 */
#include "supervisor/docker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "supervisor/spawn.h"

#define ARGS_MAX 128
#define TEXT_MAX 8192
/* Budgets of the clients: microseconds. */
#define KILL_BUDGET_US (2 * 1000000)
#define REMOVE_BUDGET_US (10 * 1000000)
#define QUERY_BUDGET_US (10 * 1000000)
/* Most bytes that a client may write to any file, ours included. */
#define CLIENT_FILE_BYTES (256 * 1024)

/* An argv under construction; too much in it shows in failed. */
struct args {
	const char *argv[ARGS_MAX];
	size_t count;
	char text[TEXT_MAX];
	size_t used;
	bool failed;
};

static void
add(struct args *args, const char *arg)
{
	if (args->count >= ARGS_MAX - 1)
		args->failed = true;
	else
		args->argv[args->count++] = arg;
}

static void __attribute__((format(printf, 2, 3)))
add_format(struct args *args, const char *format, ...)
{
	size_t room = sizeof(args->text) - args->used;
	char *at = args->text + args->used;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(at, room, format, list);
	va_end(list);
	if (n < 0 || (size_t)n >= room) {
		args->failed = true;
		return;
	}
	args->used += (size_t)n + 1;
	add(args, at);
}

static void
add_option(struct args *args, const char *name, const char *value)
{
	add(args, name);
	add(args, value);
}

/* Namespaces, rights and the like: the same for every configuration. */
static void
add_isolation(struct args *args, const struct config *config, uint32_t slot)
{
	uint32_t uid = config->uid_base + slot;

	add_option(args, "--network", "none");
	add_option(args, "--ipc", "none");
	add_option(args, "--cgroupns", "private");
	add_option(args, "--hostname", "sandbox");
	/* One uid per slot: a shared one shares quotas between neighbours. */
	add(args, "--user");
	add_format(args, "%u:%u", uid, uid);
	add_option(args, "--cap-drop", "ALL");
	add_option(args, "--security-opt", "no-new-privileges:true");
	add(args, "--security-opt");
	add_format(args, "seccomp=%s", config->seccomp_profile);
	add_option(args, "--oom-score-adj", "500");
}

static void
add_tmpfs(struct args *args, const char *path, uint64_t bytes,
    unsigned int inodes, const char *owner)
{
	add(args, "--tmpfs");
	add_format(args,
	    "%s:rw,nosuid,nodev,noexec,size=%llu,nr_inodes=%u,%s", path,
	    (unsigned long long)bytes, inodes, owner);
}

static void
add_file_systems(struct args *args, const struct config *config, uint32_t slot,
    const char *slot_dir)
{
	unsigned int uid = config->uid_base + slot;
	char owner[64];

	add(args, "--read-only");
	/* With -w, a mode of 1777 would end up as root's 0755. */
	(void)snprintf(owner, sizeof(owner), "uid=%u,gid=%u,mode=0755", uid,
	    uid);
	add_tmpfs(args, "/box", config->box_bytes, 1024, owner);
	if (config->tmp_bytes > 0)
		add_tmpfs(args, "/tmp", config->tmp_bytes, 1024, "mode=1777");
	add_tmpfs(args, "/dev/shm", config->shm_bytes, 64, "mode=1777");
	add_option(args, "--workdir", "/box");
	add(args, "--mount");
	add_format(args, "type=bind,src=%s,dst=/run/sce,readonly", slot_dir);
	add(args, "--mount");
	add_format(args, "type=bind,src=%s,dst=/sce-guest,readonly",
	    config->guest);
}

static void
add_ulimit(struct args *args, const char *name, unsigned long long value)
{
	add(args, "--ulimit");
	add_format(args, "%s=%llu:%llu", name, value, value);
}

static void
add_limits(struct args *args, const struct config *config)
{
	add(args, "--memory");
	add_format(args, "%llu", (unsigned long long)config->memory_bytes);
	add(args, "--memory-swap");
	add_format(args, "%llu", (unsigned long long)config->memory_bytes);
	add(args, "--cpus");
	add_format(args, "%u.%03u", config->cpus_milli / 1000,
	    config->cpus_milli % 1000);
	add(args, "--pids-limit");
	add_format(args, "%u", config->pids);
	add_ulimit(args, "cpu", 2 * ((config->timeout_max_ms + 999) / 1000));
	add_ulimit(args, "nofile", config->open_files);
	add_ulimit(args, "fsize", config->file_bytes);
	add_ulimit(args, "core", 1); /* 0 is ignored by a piped core_pattern */
	add_ulimit(args, "msgqueue", 0);
	add_ulimit(args, "memlock", 0);
	add_ulimit(args, "sigpending", 64);
	add_ulimit(args, "stack", 8 * 1024 * 1024);
}

static void
add_identity(struct args *args, const struct docker *docker, uint32_t slot,
    const char *name)
{
	add_option(args, "--name", name);
	add_option(args, "--label", "sce.app=safe-code-executor");
	add(args, "--label");
	add_format(args, "sce.instance=%s", docker->config->run_dir);
	add(args, "--label");
	add_format(args, "sce.boot=%s", docker->boot_id);
	add(args, "--label");
	add_format(args, "sce.slot=%u", slot);
}

static void
child_limits(void)
{
	static const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_CPU, 20 }, /* seconds; a start takes hundredths */
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NOFILE, 256 },
		{ RLIMIT_FSIZE, CLIENT_FILE_BYTES },
	};
	struct rlimit limit;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		limit.rlim_cur = limit.rlim_max = limits[i].value;
		if (setrlimit(limits[i].resource, &limit) == -1)
			_exit(126);
	}
}

static void
exec_client(const struct docker *docker, const struct args *args, int output_fd)
{
	char config_dir[DOCKER_PATH_MAX + 32];
	char host[CONFIG_STRING_MAX + 32];
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char home[] = "HOME=/nonexistent";
	char threads[] = "GOMAXPROCS=1"; /* it has next to nothing to do */
	char *environment[6] = { path, home, threads, config_dir, NULL, NULL };

	(void)snprintf(config_dir, sizeof(config_dir), "DOCKER_CONFIG=%s",
	    docker->config_dir);
	(void)snprintf(host, sizeof(host), "DOCKER_HOST=%s",
	    docker->config->docker_host);
	if (docker->config->docker_host[0] != '\0')
		environment[4] = host;
	if (dup2(output_fd, STDOUT_FILENO) == -1 ||
	    dup2(output_fd, STDERR_FILENO) == -1)
		_exit(126);
	spawn_close_from(STDERR_FILENO + 1);
	spawn_reset_signals();
	child_limits();
	(void)execve(docker->config->docker_cli,
	    (char *const *)(uintptr_t)args->argv, environment);
	_exit(127);
}

static int
start_client(const struct docker *docker, struct docker_client *client,
    struct args *args, uint64_t budget_us)
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
    uint32_t slot, const char *name, const char *slot_dir)
{
	const struct config *config = docker->config;
	struct args args = { .argv = { config->docker_cli, "run" },
		.count = 2 };

	/* Detached: no client stays in memory or in the way of the output, and
	 * there is no attached stream that could make it unkillable. */
	add(&args, "--detach");
	add(&args, "--rm");
	add_option(&args, "--pull", "never");
	add_option(&args, "--log-driver", "none");
	add(&args, "--no-healthcheck");
	add(&args, "--init=false");
	add_option(&args, "--runtime", config->runtime);
	add_identity(&args, docker, slot, name);
	add_isolation(&args, config, slot);
	add_file_systems(&args, config, slot, slot_dir);
	add_limits(&args, config);
	add_option(&args, "--entrypoint", "/sce-guest");
	add(&args, docker->image_id);
	add(&args, config->landlock_required ? "required" : "auto");
	add_option(&args, "/run/sce/s", "python3.11");
	return start_client(docker, client, &args,
	    (uint64_t)config->start_timeout_ms * 1000);
}

int
docker_kill(const struct docker *docker, struct docker_client *client,
    const char *name)
{
	struct args args = { .argv = { docker->config->docker_cli, "kill", name },
		.count = 3 };

	return start_client(docker, client, &args, KILL_BUDGET_US);
}

int
docker_remove(const struct docker *docker, struct docker_client *client,
    char names[][DOCKER_NAME_MAX], size_t count)
{
	struct args args = { .argv = { docker->config->docker_cli, "rm",
				 "--force" },
		.count = 3 };
	size_t i;

	for (i = 0; i < count; i++)
		add(&args, names[i]);
	return start_client(docker, client, &args, REMOVE_BUDGET_US);
}

int
docker_list(const struct docker *docker, struct docker_client *client)
{
	struct args args = { .argv = { docker->config->docker_cli, "ps",
				 "--all", "--format", "{{.Names}}",
				 "--filter" },
		.count = 6 };

	add_format(&args, "label=sce.instance=%s", docker->config->run_dir);
	return start_client(docker, client, &args, QUERY_BUDGET_US);
}

int
docker_inspect_image(const struct docker *docker, struct docker_client *client)
{
	struct args args = { .argv = { docker->config->docker_cli, "image",
				 "inspect", "--format", "{{.Id}}",
				 docker->config->image },
		.count = 6 };

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
