/* SPDX-License-Identifier: MIT */
/*
 * An argv for the docker client, under construction. Only the two docker
 * files include this: nothing in it comes from anywhere but the configuration
 * and our own counters.
 */
#ifndef SCE_DOCKER_ARGS_H
#define SCE_DOCKER_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervisor/docker/client.h"

#define DOCKER_ARGS_MAX 128
#define DOCKER_ARGS_TEXT_MAX 8192

struct docker_args {
	const char *argv[DOCKER_ARGS_MAX];
	size_t count;
	char text[DOCKER_ARGS_TEXT_MAX];
	size_t used;
	bool failed; /* it did not fit */
};

/* arg must live as long as args; add_format copies. */
void docker_args_add(struct docker_args *args, const char *arg);
void docker_args_add_option(
    struct docker_args *args, const char *name, const char *value);
void docker_args_add_format(struct docker_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What the runtime itself needs of a sandbox's memory: bytes. */
uint64_t docker_memory_overhead(const struct config *config);

/* docker run, with every flag of a sandbox. */
void docker_args_run(struct docker_args *args, const struct docker *docker,
    const struct docker_box *box);

/* The same for the holder of a slot's network: see holder.c. */
void docker_args_hold(struct docker_args *args, const struct docker *docker,
    const struct docker_box *box);

#endif
