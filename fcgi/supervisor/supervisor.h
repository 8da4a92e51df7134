/* SPDX-License-Identifier: MIT */
/* The loop. */
#ifndef SCE_SUPERVISOR_H
#define SCE_SUPERVISOR_H

#include "supervisor/state.h"

/* Until it is told to stop, or can not go on: 0, or -1 with the reason
 * logged. */
int supervisor_run(struct supervisor *sup);

#endif
