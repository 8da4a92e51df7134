/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_FAST_EXIT_H
#define SCE_GATE_FAST_EXIT_H

#include <stdbool.h>

/* Before the first fork, after all imports. 0, or -1. */
int fast_exit_prepare(void);

/* At the end of a program. True: its output is flushed, and nothing could
 * notice if the interpreter is not taken apart. */
bool fast_exit_flush_and_judge(void);

#endif
