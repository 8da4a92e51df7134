/* SPDX-License-Identifier: MIT */
/* What a child does between fork and exec, and what rights are dropped. */
#ifndef SCE_SPAWN_H
#define SCE_SPAWN_H

#include <stdint.h>

/* Default dispositions, empty mask. */
void spawn_reset_signals(void);

/* Closes every descriptor from first on. */
void spawn_close_from(int first);

/*
 * Groups, gid, uid, capabilities, no_new_privs: all rights gone for good, and
 * proven to be gone. 0, or -1 with errno.
 */
int spawn_drop_rights(uint32_t uid);

/* Bounds the supervisor to the capabilities that it uses. 0, or -1. */
int spawn_bound_capabilities(void);

#endif
