/* SPDX-License-Identifier: MIT */
/* Steps of a child between fork and exec; rights, and how they are dropped. */
#ifndef SCE_SPAWN_H
#define SCE_SPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

/* A resource's limit, soft and hard. */
struct spawn_limit {
	int resource;
	rlim_t value;
};

/* Sets all of them, or ends the child with status 126. */
void spawn_set_limits(const struct spawn_limit *limits, size_t count);

/* Takes all the descriptors that the hard limit grants. 0, or -1 with errno:
 * fewer than needed. */
int spawn_raise_descriptors(rlim_t needed);

/*
 * Groups, gid, uid, capabilities, no_new_privs: all rights gone for good, and
 * proven to be gone. 0, or -1 with errno.
 */
int spawn_drop_rights(uint32_t uid);

/* Bounds the supervisor to the capabilities that it uses. 0, or -1. */
int spawn_bound_capabilities(void);

#endif
