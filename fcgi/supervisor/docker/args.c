/* SPDX-License-Identifier: MIT */
/* The table of docker run's options: each flag of a sandbox stands here. */
#include "supervisor/docker/args.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What gVisor's kernel and file server need beside the program. */
#define GVISOR_BYTES (96ULL * 1024 * 1024)
#define GVISOR_THREADS 512
/* Its own threads for each process or thread of the program. */
#define GVISOR_THREADS_EACH 8
/* A holder waits, and that is all; runc needs this much to start it. */
#define NETWORK_MEMORY "32m"
#define NETWORK_PIDS "16"

void
docker_args_add(struct docker_args *args, const char *arg)
{
	if (args->count >= DOCKER_ARGS_MAX - 1)
		args->failed = true;
	else
		args->argv[args->count++] = arg;
}

void
docker_args_add_format(struct docker_args *args, const char *format, ...)
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
	docker_args_add(args, at);
}

void
docker_args_add_option(
    struct docker_args *args, const char *name, const char *value)
{
	docker_args_add(args, name);
	docker_args_add(args, value);
}

/* A network namespace with nothing in it: a new one, or the holder's, which
 * then has given the host's name and resolv.conf as well. */
static void
add_network(struct docker_args *args, const char *network)
{
	docker_args_add(args, "--network");
	if (network != NULL) {
		docker_args_add_format(args, "container:%s", network);
		return;
	}
	docker_args_add(args, "none");
	docker_args_add_option(args, "--hostname", "sandbox");
	/* Else its resolv.conf would name the host's nameserver. */
	docker_args_add_option(args, "--dns", "0.0.0.0");
	docker_args_add_option(args, "--dns-search", ".");
}

/* Namespaces, rights and the like: the same for every configuration. */
static void
add_isolation(struct docker_args *args, const struct config *config,
    const struct docker_box *box)
{
	bool fork = config->fork && !box->is_network;
	uint32_t uid = box->uid;

	add_network(args, box->network);
	docker_args_add_option(args, "--ipc", "none");
	docker_args_add_option(args, "--cgroupns", "private");
	/* One uid per slot: a shared one shares quotas between neighbours. */
	docker_args_add(args, "--user");
	docker_args_add_format(args, "%u:%u", uid, uid);
	docker_args_add_option(args, "--cap-drop", "ALL");
	docker_args_add_option(
	    args, "--security-opt", "no-new-privileges:true");
	docker_args_add(args, "--security-opt");
	docker_args_add_format(args, "seccomp=%s",
	    fork ? config->seccomp_fork_profile : config->seccomp_profile);
	docker_args_add_option(args, "--oom-score-adj", "500");
	/* Docker's profile forbids all mounts, also those of a run's own
	 * namespaces; seccomp says which there may be. */
	if (fork)
		docker_args_add_option(
		    args, "--security-opt", "apparmor=unconfined");
}

static void
add_tmpfs(struct docker_args *args, const char *path, uint64_t bytes,
    unsigned int inodes, const char *owner)
{
	docker_args_add(args, "--tmpfs");
	docker_args_add_format(args,
	    "%s:rw,nosuid,nodev,noexec,size=%llu,nr_inodes=%u,%s", path,
	    (unsigned long long)bytes, inodes, owner);
}

/* What the guest needs: its slot's socket, and itself. */
static void
add_mounts(struct docker_args *args, const struct config *config,
    const struct docker_box *box)
{
	docker_args_add(args, "--mount");
	docker_args_add_format(
	    args, "type=bind,src=%s,dst=/run/sce,readonly", box->dir);
	docker_args_add(args, "--mount");
	docker_args_add_format(
	    args, "type=bind,src=%s,dst=/sce-guest,readonly", config->guest);
}

static void
add_file_systems(struct docker_args *args, const struct config *config,
    const struct docker_box *box)
{
	unsigned int uid = box->uid;
	char owner[64];

	docker_args_add(args, "--read-only");
	/* With -w, a mode of 1777 would end up as root's 0755. */
	(void)snprintf(
	    owner, sizeof(owner), "uid=%u,gid=%u,mode=0755", uid, uid);
	add_tmpfs(args, "/box", config->box_bytes, 1024, owner);
	if (config->tmp_bytes > 0)
		add_tmpfs(args, "/tmp", config->tmp_bytes, 1024, "mode=1777");
	add_tmpfs(args, "/dev/shm", config->shm_bytes, 64, "mode=1777");
	docker_args_add_option(args, "--workdir", "/box");
	add_mounts(args, config, box);
	if (!config->fork)
		return;
	docker_args_add(args, "--mount");
	docker_args_add_format(
	    args, "type=bind,src=%s,dst=/sce-gate.so,readonly", config->gate);
}

/* What guest/gate/gate.c reads: sizes, then modules with nothing but commas
 * between them. */
static void
add_gate(struct docker_args *args, const struct config *config,
    const struct config_runtime *row)
{
	char modules[CONFIG_STRING_MAX];

	config_list_compact(row->preload, modules);
	docker_args_add_format(args, "%llu %llu %llu %s",
	    (unsigned long long)config->box_bytes,
	    (unsigned long long)config->tmp_bytes,
	    (unsigned long long)config->shm_bytes, modules);
}

static void
add_ulimit(struct docker_args *args, const char *name, unsigned long long value)
{
	docker_args_add(args, "--ulimit");
	docker_args_add_format(args, "%s=%llu:%llu", name, value, value);
}

uint64_t
docker_memory_overhead(const struct config *config)
{
	return config_is_gvisor(config) ? GVISOR_BYTES : 0;
}

/* The cgroup's limits. With gVisor they bind it and the program together, so
 * that processes are counted inside; there no other run has the same uid. */
static void
add_cgroup_limits(struct docker_args *args, const struct config *config,
    const struct config_runtime *row)
{
	unsigned long long bytes = row->memory_bytes +
				   docker_memory_overhead(config);
	unsigned int pids = row->pids;

	if (config_is_gvisor(config)) {
		add_ulimit(args, "nproc", pids);
		pids = GVISOR_THREADS + GVISOR_THREADS_EACH * pids;
	}
	docker_args_add(args, "--memory");
	docker_args_add_format(args, "%llu", bytes);
	docker_args_add(args, "--memory-swap");
	docker_args_add_format(args, "%llu", bytes);
	docker_args_add(args, "--pids-limit");
	docker_args_add_format(args, "%u", pids);
}

static void
add_limits(struct docker_args *args, const struct config *config,
    const struct config_runtime *row)
{
	add_cgroup_limits(args, config, row);
	docker_args_add(args, "--cpus");
	docker_args_add_format(
	    args, "%u.%03u", row->cpus_milli / 1000, row->cpus_milli % 1000);
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
add_identity(struct docker_args *args, const struct docker *docker,
    const struct docker_box *box)
{
	docker_args_add_option(args, "--name", box->name);
	docker_args_add_option(args, "--label", "sce.app=safe-code-executor");
	docker_args_add(args, "--label");
	docker_args_add_format(
	    args, "sce.instance=%s", docker->config->run_dir);
	docker_args_add(args, "--label");
	docker_args_add_format(args, "sce.boot=%s", docker->boot_id);
	docker_args_add(args, "--label");
	docker_args_add_format(
	    args, "sce.%s=%u", box->is_network ? "holder" : "slot", box->slot);
	if (box->is_network)
		return; /* it serves all of them */
	docker_args_add(args, "--label");
	docker_args_add_format(args, "sce.runtime=%s",
	    docker->config->runtimes[box->runtime].name);
}

static void
add_run(struct docker_args *args, const struct config *config)
{
	docker_args_add(args, config->docker_cli);
	docker_args_add(args, "run");
	/* Detached: no client stays in memory or in the way of the output, and
	 * there is no attached stream that could make it unkillable. */
	docker_args_add(args, "--detach");
	docker_args_add(args, "--rm");
	docker_args_add_option(args, "--pull", "never");
	docker_args_add_option(args, "--log-driver", "none");
	docker_args_add(args, "--no-healthcheck");
	docker_args_add(args, "--init=false");
	docker_args_add_option(args, "--runtime", config->runtime);
}

void
docker_args_run(struct docker_args *args, const struct docker *docker,
    const struct docker_box *box)
{
	const struct config *config = docker->config;
	const struct config_runtime *row = &config->runtimes[box->runtime];

	add_run(args, config);
	add_identity(args, docker, box);
	add_isolation(args, config, box);
	add_file_systems(args, config, box);
	add_limits(args, config, row);
	docker_args_add_option(args, "--entrypoint", "/sce-guest");
	docker_args_add(args, docker->image_ids[box->runtime]);
	docker_args_add(args, config->landlock_required ? "required" : "auto");
	docker_args_add_option(args, "/run/sce/s", row->file);
	docker_args_add_option(args, row->compile, row->command);
	if (config->fork)
		add_gate(args, config, row);
}

void
docker_args_hold(struct docker_args *args, const struct docker *docker,
    const struct docker_box *box)
{
	const struct config *config = docker->config;

	add_run(args, config);
	add_identity(args, docker, box);
	add_isolation(args, config, box);
	docker_args_add(args, "--read-only");
	add_mounts(args, config, box);
	docker_args_add_option(args, "--memory", NETWORK_MEMORY);
	docker_args_add_option(args, "--memory-swap", NETWORK_MEMORY);
	docker_args_add_option(args, "--pids-limit", NETWORK_PIDS);
	docker_args_add_option(args, "--cpus", "0.1");
	add_ulimit(args, "nofile", 16);
	add_ulimit(args, "fsize", 0);
	add_ulimit(args, "core", 1);
	add_ulimit(args, "msgqueue", 0);
	add_ulimit(args, "memlock", 0);
	docker_args_add_option(args, "--entrypoint", "/sce-guest");
	docker_args_add(args, docker->image_ids[0]); /* sced has that one */
	docker_args_add_option(args, "hold", "/run/sce/s");
}
