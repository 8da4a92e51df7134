/* SPDX-License-Identifier: MIT */
/* The last rights of a responder, given up before its first request. */
#ifndef SCE_RESPONDER_CONFINE_H
#define SCE_RESPONDER_CONFINE_H

/* Checks that no right is left: not root, no group but its own, no capability,
 * no_new_privs. NULL, or a sentence on the right that is left. */
const char *confine_check(void);

/*
 * Gives up all files (Landlock, where the kernel has it), and all system calls
 * but those on a seccomp list for talking on the descriptors it has: no open,
 * no socket, no exec, no fork. 0, or -1 with errno.
 */
int confine_responder(void);

#endif
