/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_NAMESPACES_H
#define SCE_GATE_NAMESPACES_H

#include "common/gate.h"
#include "guest/gate/gate.h"

/* In the clone: the life of an init. Returns only in the program, which is
 * ready to go back to Python then. */
void namespaces_run_init(const struct gate *gate, const int fds[GATE_FDS]);

#endif
