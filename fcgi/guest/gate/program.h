/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_PROGRAM_H
#define SCE_GATE_PROGRAM_H

#include "common/gate.h"

/* In the init's fork: gives up all rights, takes the run's text and files.
 * Returns when Python can open the script; if a step fails, tells the guest and
 * exits. */
void program_become(const int fds[GATE_FDS]);

#endif
