/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_PROGRAM_H
#define SCE_GATE_PROGRAM_H

#include "common/gate.h"

/* In the fork: gives up its rights, takes the run's text and files. Returns
 * when Python can open the script; else the guest was told why. */
void program_become(const int fds[GATE_FDS]);

#endif
