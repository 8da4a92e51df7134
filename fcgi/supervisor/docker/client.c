/* SPDX-License-Identifier: MIT */
/*
 * The docker client: its arguments, in which each flag of a sandbox stands and
 * nothing is from anywhere but the configuration and our own counters, and its
 * process, with a clean environment, rlimits and a deadline.
 *
 * When Docker does not answer, the client is killed at its deadline. Then a
 * start has failed (pool.c: back-off, and down after two), a box that does not
 * go is in quarantine (ending.c), and the sweep asks until it is answered.
 */
#include "supervisor/docker/client.h"

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
#include "supervisor/host/spawn.h"

#define ARGS_MAX 128
#define ARGS_TEXT_MAX (8192 + PRELOAD_BYTES_MAX)
/* gVisor's kernel and file server need so much beside the program. */
#define GVISOR_BYTES (96ULL * 1024 * 1024)
#define GVISOR_THREADS 512
/* gVisor's own threads for each process or thread of the program. */
#define GVISOR_THREADS_EACH 8
/* A network only waits; runc needs this much to start it. */
#define NETWORK_MEMORY "32m"
#define NETWORK_PIDS "16"
/* Budgets of the clients: microseconds. */
#define KILL_BUDGET_US (2 * 1000000)
#define REMOVE_BUDGET_US (10 * 1000000)
#define QUERY_BUDGET_US (10 * 1000000)
/* Most bytes that a client may write to any file, ours included. */
#define CLIENT_FILE_BYTES (256 * 1024)
/* Where the distribution installs docker: others on PATH may be of other
 * versions. */
#define DOCKER "/usr/bin/docker"

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"       \
	"/._-=:,+@%"

static const struct spawn_limit client_limits[] = {
	{ RLIMIT_CPU, 20 }, /* seconds; a start takes hundredths */
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_NOFILE, 256 },
	{ RLIMIT_FSIZE, CLIENT_FILE_BYTES },
};

/* An argv under construction. */
struct args {
	const char *argv[ARGS_MAX];
	size_t count;
	char text[ARGS_TEXT_MAX];
	size_t used;
	bool failed; /* it did not fit */
};

/* --- arguments --- */

static void
add(struct args *args, const char *arg)
{
	if (args->count >= ARGS_MAX - 1)
		args->failed = true;
	else
		args->argv[args->count++] = arg;
}

__attribute__((format(printf, 2, 3))) static void
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

/* An option whose value has to be made. */
#define ADD_OPTION(args, name, ...)                                            \
	(add((args), (name)), add_format((args), __VA_ARGS__))

/* A network namespace with nothing in it: a new one, or that of the slot's
 * network, which then has given the host's name and resolv.conf as well. */
static void
add_network(struct args *args, const char *network)
{
	add(args, "--network");
	if (network != NULL) {
		add_format(args, "container:%s", network);
		return;
	}
	add(args, "none");
	add_option(args, "--hostname", "sandbox");
	/* Else its resolv.conf would name the host's nameserver. */
	add_option(args, "--dns", "0.0.0.0");
	add_option(args, "--dns-search", ".");
}

/* Namespaces, rights and the like: the same for every configuration. */
static void
add_isolation(struct args *args, const struct config *config,
    const struct docker_box *box)
{
	bool fork = config->fork && !box->is_network;
	uint32_t uid = box->uid;

	add_network(args, box->network);
	add_option(args, "--ipc", "none");
	add_option(args, "--cgroupns", "private");
	/* One uid per slot: a shared one shares quotas between neighbours. */
	ADD_OPTION(args, "--user", "%u:%u", uid, uid);
	add_option(args, "--cap-drop", "ALL");
	add_option(args, "--security-opt", "no-new-privileges:true");
	ADD_OPTION(args, "--security-opt", "seccomp=%s",
	    fork ? config->seccomp_fork_profile : config->seccomp_profile);
	add_option(args, "--oom-score-adj", "500");
	/* Docker's profile forbids all mounts, also those of a run's own
	 * namespaces; seccomp says which there may be. */
	if (fork)
		add_option(args, "--security-opt", "apparmor=unconfined");
}

static void
add_tmpfs(struct args *args, const char *path, uint64_t bytes,
    unsigned int inodes, const char *owner)
{
	ADD_OPTION(args, "--tmpfs",
	    "%s:rw,nosuid,nodev,noexec,size=%llu,nr_inodes=%u,%s", path,
	    (unsigned long long)bytes, inodes, owner);
}

/* The guest needs its slot's socket, and itself. */
static void
add_mounts(struct args *args, const struct config *config,
    const struct docker_box *box)
{
	ADD_OPTION(args, "--mount", "type=bind,src=%s,dst=/run/sce,readonly",
	    box->dir);
	ADD_OPTION(args, "--mount", "type=bind,src=%s,dst=/sce-guest,readonly",
	    config->guest);
}

static void
add_file_systems(struct args *args, const struct config *config,
    const struct docker_box *box)
{
	unsigned int uid = box->uid;
	char owner[64];

	add(args, "--read-only");
	/* With -w, a mode of 1777 would end up as root's 0755. */
	(void)snprintf(
	    owner, sizeof(owner), "uid=%u,gid=%u,mode=0755", uid, uid);
	add_tmpfs(args, "/box", config->box_bytes, 1024, owner);
	if (config->tmp_bytes > 0)
		add_tmpfs(args, "/tmp", config->tmp_bytes, 1024, "mode=1777");
	add_tmpfs(args, "/dev/shm", config->shm_bytes, 64, "mode=1777");
	add_option(args, "--workdir", "/box");
	add_mounts(args, config, box);
	if (!config->fork)
		return;
	ADD_OPTION(args, "--mount",
	    "type=bind,src=%s,dst=/sce-gate.so,readonly", config->gate);
}

/* The argument for guest/gate/gate.c: sizes, then modules with nothing but
 * commas between them. */
static void
add_gate(struct args *args, const struct config *config,
    const struct config_language *row)
{
	char modules[PRELOAD_BYTES_MAX];

	config_list_compact(row->preload, modules);
	add_format(args, "%llu %llu %llu %s",
	    (unsigned long long)config->box_bytes,
	    (unsigned long long)config->tmp_bytes,
	    (unsigned long long)config->shm_bytes, modules);
}

static void
add_ulimit(struct args *args, const char *name, unsigned long long value)
{
	ADD_OPTION(args, "--ulimit", "%s=%llu:%llu", name, value, value);
}

uint64_t
docker_memory_overhead(const struct config *config)
{
	return config_is_gvisor(config) ? GVISOR_BYTES : 0;
}

/* The cgroup's limits. With gVisor they bind it and the program together, so
 * that processes are counted inside; there no other run has the same uid. */
static void
add_cgroup_limits(struct args *args, const struct config *config,
    const struct config_language *row)
{
	unsigned long long bytes = row->memory_bytes +
				   docker_memory_overhead(config);
	unsigned int pids = row->pids;

	if (config_is_gvisor(config)) {
		add_ulimit(args, "nproc", pids);
		pids = GVISOR_THREADS + GVISOR_THREADS_EACH * pids;
	}
	ADD_OPTION(args, "--memory", "%llu", bytes);
	ADD_OPTION(args, "--memory-swap", "%llu", bytes);
	ADD_OPTION(args, "--pids-limit", "%u", pids);
}

static void
add_limits(struct args *args, const struct config *config,
    const struct config_language *row)
{
	add_cgroup_limits(args, config, row);
	ADD_OPTION(args, "--cpus", "%u.%03u", row->cpus_milli / 1000,
	    row->cpus_milli % 1000);
	add_ulimit(args, "cpu", 2 * ((row->timeout_max_ms + 999) / 1000));
	add_ulimit(args, "nofile", config->open_files);
	add_ulimit(args, "fsize", config->file_bytes);
	add_ulimit(args, "core", 1); /* 0 is ignored by a piped core_pattern */
	add_ulimit(args, "msgqueue", 0);
	add_ulimit(args, "memlock", 0);
	add_ulimit(args, "sigpending", 64);
	add_ulimit(args, "stack", 8 * 1024 * 1024);
}

static void
add_identity(struct args *args, const struct docker *docker,
    const struct docker_box *box)
{
	add_option(args, "--name", box->name);
	add_option(args, "--label", "sce.app=safe-code-executor");
	ADD_OPTION(args, "--label", "sce.instance=%s", docker->config->run_dir);
	ADD_OPTION(args, "--label", "sce.boot=%s", docker->boot_id);
	ADD_OPTION(args, "--label", "sce.%s=%u",
	    box->is_network ? "holder" : "slot", box->slot);
	if (box->is_network)
		return; /* it serves all languages */
	ADD_OPTION(args, "--label", "sce.runtime=%s",
	    docker->config->languages[box->language].name);
}

static void
add_run(struct args *args, const struct config *config)
{
	add(args, config->docker_cli);
	add(args, "run");
	/* Detached: no client stays in memory or in the way of the output, and
	 * there is no attached stream that could make it unkillable. */
	add(args, "--detach");
	add(args, "--rm");
	add_option(args, "--pull", "never");
	add_option(args, "--log-driver", "none");
	add(args, "--no-healthcheck");
	add(args, "--init=false");
	add_option(args, "--runtime", config->runtime);
}

static void
add_sandbox(struct args *args, const struct docker *docker,
    const struct docker_box *box)
{
	const struct config *config = docker->config;
	const struct config_language *row = &config->languages[box->language];

	add_run(args, config);
	add_identity(args, docker, box);
	add_isolation(args, config, box);
	add_file_systems(args, config, box);
	add_limits(args, config, row);
	add_option(args, "--entrypoint", "/sce-guest");
	add(args, docker->image_ids[box->language]);
	add(args, config->landlock_required ? "required" : "auto");
	add_option(args, "/run/sce/s", row->file);
	add_option(args, row->compile, row->command);
	if (config->fork)
		add_gate(args, config, row);
}

static void
add_holding(struct args *args, const struct docker *docker,
    const struct docker_box *box)
{
	const struct config *config = docker->config;

	add_run(args, config);
	add_identity(args, docker, box);
	add_isolation(args, config, box);
	add(args, "--read-only");
	add_mounts(args, config, box);
	add_option(args, "--memory", NETWORK_MEMORY);
	add_option(args, "--memory-swap", NETWORK_MEMORY);
	add_option(args, "--pids-limit", NETWORK_PIDS);
	add_option(args, "--cpus", "0.1");
	add_ulimit(args, "nofile", 16);
	add_ulimit(args, "fsize", 0);
	add_ulimit(args, "core", 1);
	add_ulimit(args, "msgqueue", 0);
	add_ulimit(args, "memlock", 0);
	add_option(args, "--entrypoint", "/sce-guest");
	add(args, docker->image_ids[0]); /* Python's, which is never missing */
	add_option(args, "hold", "/run/sce/s");
}

/* --- the process --- */

static void
exec_client(const struct docker *docker, const struct args *args, int output_fd)
{
	char config_dir[DOCKER_PATH_MAX + 32];
	char host[CONFIG_STRING_MAX + 32];
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char home[] = "HOME=/nonexistent";
	/* The client has next to nothing to do, and less without tidying up. */
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
	(void)fd_close_from(STDERR_FILENO + 1, 0);
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
docker_client_end(struct docker_client *client, char *buf, size_t size)
{
	ssize_t n = pread(client->output_fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	n = (ssize_t)strlen(buf);
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	docker_client_finish(client);
}

int
docker_run(const struct docker *docker, struct docker_client *client,
    const struct docker_box *box)
{
	struct args args = { .count = 0 };

	if (box->is_network)
		add_holding(&args, docker, box);
	else
		add_sandbox(&args, docker, box);
	return start_client(docker, client, &args,
	    (uint64_t)docker->config->start_timeout_ms * 1000);
}

int
docker_kill(
    const struct docker *docker, struct docker_client *client, const char *name)
{
	struct args args = {
		.argv = { docker->config->docker_cli, "kill", name }, .count = 3
	};

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
docker_inspect_image(const struct docker *docker, struct docker_client *client,
    uint32_t language)
{
	struct args args = { .argv = { docker->config->docker_cli, "image",
				 "inspect", "--format", "{{.Id}}",
				 docker->config->languages[language].image },
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

/* --- the command of a start, for people, as a shell takes it --- */

static void
print_quoted(const char *word, FILE *out)
{
	if (word[0] != '\0' && word[strspn(word, PLAIN)] == '\0') {
		(void)fputs(word, out);
		return;
	}
	(void)fputc('\'', out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			(void)fputs("'\\''", out);
		else
			(void)fputc(*word, out);
	}
	(void)fputc('\'', out);
}

/* An option begins a line; its value stays behind it. */
static void
print_words(const struct args *args, FILE *out)
{
	size_t i;

	for (i = 0; i < args->count; i++) {
		if (i > 0)
			(void)fputs(
			    args->argv[i][0] == '-' ? " \\\n    " : " ", out);
		print_quoted(args->argv[i], out);
	}
	(void)fputc('\n', out);
}

int
docker_print_run(const struct docker *docker, uint32_t language, FILE *out)
{
	struct args args = { .count = 0 };
	char dir[CONFIG_STRING_MAX + 32];
	struct docker_box box = { .name = "sce-0-0-0",
		.dir = dir,
		.uid = docker->config->uid_base,
		.language = language };

	(void)snprintf(
	    dir, sizeof(dir), "%s/slots/0-0-0", docker->config->run_dir);
	add_sandbox(&args, docker, &box);
	if (args.failed)
		return -1;
	/* People have docker(1), which knows the same options and more. */
	if (config_has_own_client(docker->config))
		args.argv[0] = access(DOCKER, X_OK) == 0 ? DOCKER : "docker";
	if (docker->config->docker_host[0] != '\0') {
		(void)fputs("DOCKER_HOST=", out);
		print_quoted(docker->config->docker_host, out);
		(void)fputc(' ', out);
	}
	print_words(&args, out);
	return fflush(out) == 0 ? 0 : -1;
}
