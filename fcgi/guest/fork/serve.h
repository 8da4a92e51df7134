/* SPDX-License-Identifier: MIT */
#ifndef SCE_FORK_SERVE_H
#define SCE_FORK_SERVE_H

#include "guest/guest.h"

/* Runs programs until one is not to be followed by another: 0; -1 if there was
 * none to run, and then the host was told why. settings are GATE_VARIABLE's. */
int fork_serve(struct guest *guest, const char *settings);

#endif
