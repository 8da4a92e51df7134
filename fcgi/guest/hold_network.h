/* SPDX-License-Identifier: MIT */
/* The guest in the container that holds a slot's network namespace. */
#ifndef SCE_HOLD_NETWORK_H
#define SCE_HOLD_NETWORK_H

/* Dials, says that it is there, and waits for the end of the connection. The
 * process's exit status. */
int hold_network(const char *socket_path);

#endif
