/* SPDX-License-Identifier: MIT */
/* The last rights of a responder, given up before its first request. */
#ifndef SCE_RESPONDER_CONFINE_H
#define SCE_RESPONDER_CONFINE_H

/*
 * Is there really nothing left? Not root, no group but its own, no
 * capability, no_new_privs. NULL, or what is still there.
 */
const char *confine_check(void);

/*
 * No file at all (Landlock, where the kernel has it) and a seccomp allow-list
 * for talking on the descriptors it has: no open, no socket, no exec, no
 * fork. 0, or -1 with errno.
 */
int confine_responder(void);

#endif
