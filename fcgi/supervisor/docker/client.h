/* SPDX-License-Identifier: MIT */
/*
 * The docker client as a child process: the only place that knows its
 * options. A client runs with a clean environment, an empty configuration
 * folder, rlimits and a deadline; its output goes to an anonymous file of a
 * bounded size, never to a pipe that somebody would have to read.
 */
#ifndef SCE_DOCKER_H
#define SCE_DOCKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "supervisor/config/config.h"

#define DOCKER_NAME_MAX 64      /* of a container, with the NUL */
#define DOCKER_IMAGE_ID_MAX 80  /* "sha256:" and 64 digits, with the NUL */
#define DOCKER_OUTPUT_MAX 40960 /* of a client: bytes kept */
#define DOCKER_PATH_MAX 108     /* of what is mounted */
#define DOCKER_REMOVE_MAX 16    /* containers removed by one client */

/* Common to all clients. */
struct docker {
	const struct config *config;
	char boot_id[9]; /* of this supervisor's life */
	/* The image of each language, by content; empty: not found yet. */
	char image_ids[LANGUAGES_MAX][DOCKER_IMAGE_ID_MAX];
	char config_dir[DOCKER_PATH_MAX]; /* DOCKER_CONFIG: empty, ours */
};

/* Particular to one container. */
struct docker_box {
	const char *name;
	const char *dir; /* of its socket */
	uint32_t slot;
	uint32_t uid;
	uint32_t language;
	bool is_network;
	const char *network; /* whose network it joins; NULL: its own */
};

/* One running client. */
struct docker_client {
	pid_t pid;     /* -1: none */
	int output_fd; /* stdout and stderr */
	uint64_t deadline_us;
};

void docker_client_init(struct docker_client *client);

/* Closes what is left of an ended client. */
void docker_client_finish(struct docker_client *client);

/* The same, after what the client printed was copied as a string of at most
 * size - 1 bytes, without newlines at its end. */
void docker_client_end(struct docker_client *client, char *buf, size_t size);

/* Kills a client whose deadline is over; its end comes as SIGCHLD. Returns when
 * it wants to be looked at again; UINT64_MAX: never. */
uint64_t docker_client_settle(struct docker_client *client, uint64_t now_us);

/* All of these start a client and return: 0, or -1 with errno. */
int docker_run(const struct docker *docker, struct docker_client *client,
    const struct docker_box *box);
int docker_kill(const struct docker *docker, struct docker_client *client,
    const char *name);
int docker_remove(const struct docker *docker, struct docker_client *client,
    char names[][DOCKER_NAME_MAX], size_t count);
/* Prints the names of all containers of this instance, one a line. */
int docker_list(const struct docker *docker, struct docker_client *client);
/* Prints the ID of a language's image. */
int docker_inspect_image(const struct docker *docker,
    struct docker_client *client, uint32_t language);

/* The part of a container's memory that its runtime needs itself: bytes. */
uint64_t docker_memory_overhead(const struct config *config);

/*
 * Prints the command that starts a language's sandbox in slot 0
 * without a network's box, for a shell. Its name and slot directory are ones
 * that sced never uses. 0, or -1: it could not be written.
 */
int docker_print_run(const struct docker *docker, uint32_t language, FILE *out);

/* Waits for a client to end, at start and stop only: its wait status, or -1
 * after its deadline, when it has been killed. */
int docker_wait(struct docker_client *client);

/* Copies the ID that docker_inspect_image printed. 0, or -1: none there. */
int docker_parse_image_id(const char *output, char id[DOCKER_IMAGE_ID_MAX]);

/* True for a name that docker_run could have given a container. */
bool docker_name_is_sane(const char *name);

/* --- cgroup.c: a container's memory limit, and a kill that needs nobody --- */
#define CGROUP_PATH_MAX 512

/* Finds the cgroup folder of a process, version 1 or 2. 0, or -1. */
int cgroup_find(pid_t pid, char path[CGROUP_PATH_MAX]);

/* The same from an open /proc/PID/cgroup, for tests. */
int cgroup_parse(FILE *file, char path[CGROUP_PATH_MAX]);

/* SIGKILL to every process in it. 0, or -1 with errno. */
int cgroup_kill(const char *path);

/*
 * Limits the memory of all in it, swap included: bytes. 0, or -1 with errno:
 * EBUSY if it has more than that and cannot give it back.
 */
int cgroup_limit_memory(const char *path, uint64_t bytes);

#endif
