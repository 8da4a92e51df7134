/* SPDX-License-Identifier: MIT */
/* What is looked after now and then: containers that are left, and images. */
#ifndef SCE_UPKEEP_H
#define SCE_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/state.h"

/* --- sweep.c --- */
/* At start: removes what an earlier life left. 0, or -1 with the log line. */
int sweep_at_start(struct supervisor *sup);
void sweep_begin(struct supervisor *sup, uint64_t now_us);
/* Begins a sweep that is due; when Docker is in doubt, in a few seconds at the
 * latest. Ends clients that take too long. Returns when the next is due. */
uint64_t sweep_settle(struct supervisor *sup, uint64_t now_us);
bool sweep_on_exit(struct supervisor *sup, pid_t pid, int status);
void sweep_at_stop(struct supervisor *sup);

/* --- images.c --- */
/* What the runtimes' images are by now */
/* Waits for Docker. One sentence each, logged: Docker or an image is missing.
 * -1 if that means that nothing can be run: python's. */
int images_find(struct supervisor *sup);
void images_begin(struct supervisor *sup);
bool images_on_exit(struct supervisor *sup, pid_t pid, int status);

#endif
