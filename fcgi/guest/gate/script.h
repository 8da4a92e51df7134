/* SPDX-License-Identifier: MIT */
#ifndef SCE_GATE_SCRIPT_H
#define SCE_GATE_SCRIPT_H

#include <stdio.h>

/* In the program, instead of the interpreter's main function. */
void script_run(FILE *file, const char *path) __attribute__((noreturn));

/* The same in the scout; it returns, so that no module's exit code runs. */
void script_rehearse(FILE *file, const char *path);

#endif
