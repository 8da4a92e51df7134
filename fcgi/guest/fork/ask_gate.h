/* SPDX-License-Identifier: MIT */
/* The guest's side of the gate (isolation = fork): what it asks it. */
#ifndef SCE_ASK_GATE_H
#define SCE_ASK_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

/* The guest's end of the socket to the gate is gate_fd. A number from it: 0
 * when it is there, then the pid of each init. 0, or -1 with errno. */
int ask_gate_hear(int gate_fd, int32_t *number);

/* 0, and guest->child is an init that waits for its program; or -1 with errno.
 */
int ask_gate_fork(struct guest *guest, int gate_fd);

/* Sends what the init waits for. 0, or -1 with errno. */
int ask_gate_send_program(const struct guest *guest, const struct job *job);

/* The gate has not died, and has not said anything unasked. */
bool ask_gate_is_there(int gate_fd);

#endif
