/* SPDX-License-Identifier: MIT */
#ifndef SCE_RETURN_FILES_H
#define SCE_RETURN_FILES_H

#include "guest/run/pump.h"

/*
 * Sends what the program left in its working directory, as far as it may be
 * returned; everything of it is dead. The verdict says if some was left out.
 * buffer is for a whole frame. 0, or -1: the host is gone.
 */
int return_files(struct pump *pump, uint8_t *buffer);

#endif
