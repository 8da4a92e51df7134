/* SPDX-License-Identifier: MIT */
/* Upkeep, now and then: containers that are left over, and images. */
#ifndef SCE_UPKEEP_H
#define SCE_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/state.h"

/* The next sweep after something was found, or not answered: microseconds. */
#define SWEEP_SOON_US (5 * 1000 * 1000)

/* --- images.c --- */
/* At start: waits for Docker. -1 if that, or Python's image, is missing: then
 * nothing can be run. Logs each that is missing, in one sentence. */
int images_find(struct supervisor *sup);
/* Looks the images up again, one after the other. */
void images_begin(struct supervisor *sup);
/* A child has ended; false if it did not look an image up. */
bool images_on_exit(struct supervisor *sup, pid_t pid, int status);

/* --- sweep.c --- */
/* At start: removes what an earlier life left. 0, or -1 with the reason
 * logged. */
int sweep_at_start(struct supervisor *sup);
/* Begins a sweep, or puts it off while the last one is busy. */
void sweep_begin(struct supervisor *sup, uint64_t now_us);
/* Begins a sweep that is due; when Docker is in doubt, in a few seconds at the
 * latest. Ends clients that take too long. Returns when the next is due. */
uint64_t sweep_settle(struct supervisor *sup, uint64_t now_us);
/* A child has ended; false if it was none of the sweep's. */
bool sweep_on_exit(struct supervisor *sup, pid_t pid, int status);
/* At the end: removes all that is left. */
void sweep_at_stop(struct supervisor *sup);

#endif
