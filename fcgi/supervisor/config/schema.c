/* SPDX-License-Identifier: MIT */
/*
 * The table of all keys: section, name, type, default, range, and one line of
 * help. The order is that of config_print and of sced.conf.
 */
#include <string.h>

#include "common/limits.h"
#include "supervisor/config/schema.h"

#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND ((uint64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
/* docker run --user takes no higher number than INT32_MAX. */
#define UID_MAX_OURS INT32_MAX
/* Below are the host's accounts and nobody; a sandbox is none of these. */
#define UID_BASE_MIN 65536
/* The uids of all slots must fit above. */
#define UID_BASE_MAX (UID_MAX_OURS - POOL_BOXES_MAX)

#define FIELD(name)                                                            \
	offsetof(struct config, name), sizeof(((struct config *)NULL)->name)
#define ROW(name)                                                              \
	offsetof(struct config_language, name),                                \
	    sizeof(((struct config_language *)NULL)->name)
/* Its field says how long it may be. */
#define TEXT(min) (min), 0, NULL

static const struct config_word yes_or_no[] = { { "no", 0 }, { "yes", 1 },
	{ NULL, 0 } };
static const struct config_word off_or_on[] = { { "off", 0 }, { "on", 1 },
	{ NULL, 0 } };
static const struct config_word landlock_words[] = { { "auto", 0 },
	{ "required", 1 }, { NULL, 0 } };
static const struct config_word isolation_words[] = { { "container", 0 },
	{ "fork", 1 }, { NULL, 0 } };
/* syslog's numbers. */
static const struct config_word log_levels[] = { { "error", 3 },
	{ "warning", 4 }, { "notice", 5 }, { "info", 6 }, { "debug", 7 },
	{ NULL, 0 } };

/* A table. clang-format would run its columns together. */
/* clang-format off */
const struct config_key config_keys[CONFIG_KEYS] = {
	{ "service", "run_dir", CONFIG_PATH, FIELD(run_dir),
	    "/var/lib/safe-code-executor", TEXT(1),
	    "everything that is written lives here" },
	{ "service", "log_dir", CONFIG_PATH, FIELD(log_dir),
	    "", TEXT(0),
	    "executions.log, and nginx's logs; empty: RUN_DIR/logs" },
	{ "service", "socket_group", CONFIG_NAME, FIELD(socket_group),
	    "www-data", TEXT(1),
	    "group that may connect to the FastCGI socket: nginx's" },
	{ "service", "responder_uid", CONFIG_INTEGER, FIELD(responder_uid),
	    "1899999999", 1, UID_MAX_OURS, NULL,
	    "uid and gid of the responders, used by nobody else" },
	{ "service", "log_level", CONFIG_WORD, FIELD(log_level),
	    "info", 3, 7, log_levels,
	    "error, warning, notice, info or debug" },
	{ "service", "log_code", CONFIG_WORD, FIELD(log_code),
	    "no", 0, 1, yes_or_no,
	    "yes: programs go into executions.log" },

	{ "paths", "responder", CONFIG_PATH, FIELD(responder),
	    "", TEXT(0),
	    "sce-responder; empty: RUN_DIR/bin/sce-responder" },
	{ "paths", "guest", CONFIG_PATH, FIELD(guest),
	    "", TEXT(0),
	    "sce-guest; empty: RUN_DIR/bin/sce-guest" },
	{ "paths", "seccomp_profile", CONFIG_PATH, FIELD(seccomp_profile),
	    "", TEXT(0),
	    "empty: RUN_DIR/share/seccomp.json" },
	{ "paths", "seccomp_fork_profile", CONFIG_PATH,
	    FIELD(seccomp_fork_profile),
	    "", TEXT(0),
	    "for isolation = fork; empty: RUN_DIR/share/seccomp-fork.json" },
	{ "paths", "gate", CONFIG_PATH, FIELD(gate),
	    "", TEXT(0),
	    "for isolation = fork; empty: RUN_DIR/bin/sce-gate.so" },

	{ "docker", "docker_cli", CONFIG_PATH, FIELD(docker_cli),
	    "", TEXT(0),
	    "the docker client; empty: RUN_DIR/bin/sce-docker" },
	{ "docker", "docker_host", CONFIG_NAME, FIELD(docker_host),
	    "", TEXT(0),
	    "where dockerd listens; empty: the client's default" },
	{ "docker", "image", CONFIG_NAME, FIELD(image),
	    "safe-code-executor/python:3.11", TEXT(1),
	    "image of the sandboxes" },
	{ "docker", "runtime", CONFIG_NAME, FIELD(runtime),
	    "runc", TEXT(1),
	    "container runtime, as dockerd knows it; runsc*: gVisor" },
	{ "docker", "uid_base", CONFIG_INTEGER, FIELD(uid_base),
	    "1900000000", UID_BASE_MIN, UID_BASE_MAX, NULL,
	    "a sandbox runs as uid_base + its slot" },
	{ "docker", "network_holder", CONFIG_WORD, FIELD(network_holder),
	    "on", 0, 1, off_or_on,
	    "on: a slot's sandboxes join one empty network" },

	{ "pool", "isolation", CONFIG_WORD, FIELD(fork),
	    "container", 0, 1, isolation_words,
	    "container: a fresh one a run; fork: see THREAT-MODEL.md" },
	{ "pool", "fork_runs", CONFIG_INTEGER, FIELD(fork_runs),
	    "500", 1, 10000, NULL,
	    "fork: runs of a container until it is replaced" },
	{ "pool", "preload", CONFIG_MODULES, FIELD(preload),
	    "", TEXT(0),
	    "fork: modules imported before there is a program" },
	{ "pool", "ready", CONFIG_INTEGER, FIELD(ready),
	    "4", 1, POOL_SLOTS_MAX / 2, NULL,
	    "sandboxes kept waiting" },
	{ "pool", "ready_max", CONFIG_INTEGER, FIELD(ready_max),
	    "8", 1, POOL_SLOTS_MAX / 2, NULL,
	    "the same while these are too few; at least ready" },
	{ "pool", "running", CONFIG_INTEGER, FIELD(running),
	    "8", 1, POOL_SLOTS_MAX / 2, NULL,
	    "runs at once; about 2 x cores / cpus" },
	{ "pool", "queue", CONFIG_INTEGER, FIELD(queue),
	    "64", 0, POOL_QUEUE_MAX, NULL,
	    "requests that may wait, the next is refused" },
	{ "pool", "starting", CONFIG_INTEGER, FIELD(starting),
	    "2", 1, 32, NULL,
	    "docker run at once" },
	{ "pool", "queue_wait", CONFIG_DURATION, FIELD(queue_wait_ms),
	    "10s", 0, 10 * MINUTE, NULL,
	    "longest wait for a sandbox" },
	{ "pool", "start_timeout", CONFIG_DURATION, FIELD(start_timeout_ms),
	    "20s", SECOND, 10 * MINUTE, NULL,
	    "a sandbox that is not ready by then is given up" },
	{ "pool", "max_age", CONFIG_DURATION, FIELD(max_age_ms),
	    "10m", SECOND, 24 * HOUR, NULL,
	    "a waiting sandbox older than this is replaced" },
	{ "pool", "sweep_interval", CONFIG_DURATION, FIELD(sweep_interval_ms),
	    "60s", SECOND, HOUR, NULL,
	    "between two searches for containers left behind" },

	{ "limits", "timeout", CONFIG_DURATION, FIELD(timeout_ms),
	    "5s", WALL_MS_MIN, WALL_MS_MAX, NULL,
	    "wall clock of a run that asks for nothing else" },
	{ "limits", "timeout_max", CONFIG_DURATION, FIELD(timeout_max_ms),
	    "10s", WALL_MS_MIN, WALL_MS_MAX, NULL,
	    "the longest that a request may ask for" },
	{ "limits", "memory", CONFIG_SIZE, FIELD(memory_bytes),
	    "128m", MEMORY_BYTES_MIN, 64 * GIB, NULL,
	    "memory of a sandbox, without swap" },
	{ "limits", "cpus", CONFIG_CORES, FIELD(cpus_milli),
	    "0.5", 50, 64000, NULL,
	    "cores that a sandbox may keep busy" },
	{ "limits", "pids", CONFIG_INTEGER, FIELD(pids),
	    "64", 4, 4096, NULL,
	    "processes and threads" },
	{ "limits", "output", CONFIG_SIZE, FIELD(output_bytes),
	    "64k", 1, OUTPUT_BYTES_MAX, NULL,
	    "kept of stdout, and as much of stderr" },
	{ "limits", "code_length", CONFIG_INTEGER, FIELD(code_points),
	    "5000", 1, CODE_POINTS_MAX, NULL,
	    "longest program: characters, not bytes" },
	{ "limits", "body", CONFIG_SIZE, FIELD(body_bytes),
	    "256k", 256, BODY_BYTES_MAX, NULL,
	    "largest request" },
	{ "limits", "box_size", CONFIG_SIZE, FIELD(box_bytes),
	    "8m", 256 * KIB, GIB, NULL,
	    "/box, the working directory, in memory" },
	{ "limits", "tmp_size", CONFIG_SIZE, FIELD(tmp_bytes),
	    "16m", 0, GIB, NULL,
	    "/tmp, in memory; 0: there is none" },
	{ "limits", "shm_size", CONFIG_SIZE, FIELD(shm_bytes),
	    "8m", 64 * KIB, GIB, NULL,
	    "/dev/shm, in memory" },
	{ "limits", "file_size", CONFIG_SIZE, FIELD(file_bytes),
	    "16m", 256 * KIB, GIB, NULL,
	    "largest file that a program can write" },
	{ "limits", "open_files", CONFIG_INTEGER, FIELD(open_files),
	    "256", 16, 65536, NULL,
	    "descriptors of a process" },
	{ "limits", "landlock", CONFIG_WORD, FIELD(landlock_required),
	    "auto", 0, 1, landlock_words,
	    "auto: where the kernel has it; required: else no run" },

	{ "clients", "rate", CONFIG_INTEGER, FIELD(client_rate),
	    "50", 0, 100000, NULL,
	    "requests a second of one client; 0: no limit" },
	{ "clients", "burst", CONFIG_INTEGER, FIELD(client_burst),
	    "250", 0, 100000, NULL,
	    "requests that it may be ahead of its rate" },
	{ "clients", "connections", CONFIG_INTEGER, FIELD(client_connections),
	    "100", 0, 65535, NULL,
	    "requests of one client at once; 0: no limit" },
	{ "clients", "proxies", CONFIG_NETWORKS, FIELD(proxies),
	    "", TEXT(0),
	    "addresses whose X-Forwarded-For is believed" },
	{ "clients", "metrics", CONFIG_NETWORKS, FIELD(metrics_from),
	    "127.0.0.0/8,::1", TEXT(0),
	    "who may GET /metrics; empty: nobody" },

	{ "piston", "text_plain", CONFIG_WORD, FIELD(piston_text),
	    "yes", 0, 1, yes_or_no,
	    "text/plain counts as JSON under /api/v2, as some clients send" },
	{ "piston", "origins", CONFIG_ORIGINS, FIELD(piston_origins),
	    "", TEXT(0),
	    "whose pages may use /api/v2 (CORS); empty: no others', *: all" },
};

const struct config_key config_language_keys[CONFIG_LANGUAGE_KEYS] = {
	{ "runtime", "version", CONFIG_VERSION, ROW(version),
	    "3.11.2", TEXT(1),
	    "what clients are told and select by" },
	{ "runtime", "aliases", CONFIG_ALIASES, ROW(aliases),
	    NULL, TEXT(0),
	    "other names for it" },
	{ "runtime", "image", CONFIG_NAME, ROW(image),
	    NULL, TEXT(1),
	    "image of its sandboxes" },
	{ "runtime", "command", CONFIG_WORDS, ROW(command),
	    "python3.11", TEXT(1),
	    "what runs; the program's file and its arguments follow" },
	{ "runtime", "file", CONFIG_FILE, ROW(file),
	    "main.py", TEXT(1),
	    "name of the program's file" },
	{ "runtime", "compile", CONFIG_WORDS, ROW(compile),
	    "", TEXT(0),
	    "what runs before, the file follows; empty: nothing" },
	{ "runtime", "preload", CONFIG_MODULES, ROW(preload),
	    NULL, TEXT(0),
	    "fork: modules imported before there is a program" },
	{ "runtime", "memory", CONFIG_SIZE, ROW(memory_bytes),
	    NULL, MEMORY_BYTES_MIN, 64 * GIB, NULL,
	    "memory of a sandbox, without swap" },
	{ "runtime", "cpus", CONFIG_CORES, ROW(cpus_milli),
	    NULL, 50, 64000, NULL,
	    "cores that a sandbox may keep busy" },
	{ "runtime", "pids", CONFIG_INTEGER, ROW(pids),
	    NULL, 4, 4096, NULL,
	    "processes and threads" },
	{ "runtime", "timeout", CONFIG_DURATION, ROW(timeout_ms),
	    NULL, WALL_MS_MIN, WALL_MS_MAX, NULL,
	    "wall clock of a run that asks for nothing else" },
	{ "runtime", "timeout_max", CONFIG_DURATION, ROW(timeout_max_ms),
	    NULL, WALL_MS_MIN, WALL_MS_MAX, NULL,
	    "the longest that a request may ask for" },
	{ "runtime", "ready", CONFIG_INTEGER, ROW(ready),
	    NULL, 0, POOL_SLOTS_MAX / 2, NULL,
	    "sandboxes kept waiting; 0: started when asked for" },
	{ "runtime", "ready_max", CONFIG_INTEGER, ROW(ready_max),
	    NULL, 0, POOL_SLOTS_MAX / 2, NULL,
	    "the same while these are too few; at least ready" },
};
/* clang-format on */

const struct config_key *
config_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		if (strcmp(config_keys[i].section, section) == 0 &&
		    strcmp(config_keys[i].name, name) == 0)
			return &config_keys[i];
	}
	return NULL;
}

const struct config_key *
config_language_key_find(const char *name)
{
	for (size_t i = 0; i < CONFIG_LANGUAGE_KEYS; i++) {
		if (strcmp(config_language_keys[i].name, name) == 0)
			return &config_language_keys[i];
	}
	return NULL;
}
