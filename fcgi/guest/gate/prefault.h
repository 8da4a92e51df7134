/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_PREFAULT_H
#define SCE_GATE_PREFAULT_H

/* Before the first fork. If it fails, programs do without. */
void prefault_learn(void);

/* In each program, while it waits for its text. */
void prefault_fetch(void);

#endif
