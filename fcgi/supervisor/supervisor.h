/* SPDX-License-Identifier: MIT */
/* The loop. */
#ifndef SCE_SUPERVISOR_H
#define SCE_SUPERVISOR_H

#include "supervisor/state.h"

/* Runs until it is told to stop: 0, or cannot go on: -1 with the reason logged.
 */
int supervisor_run(struct supervisor *sup);

#endif
