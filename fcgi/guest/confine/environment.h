/* SPDX-License-Identifier: MIT */
#ifndef GUEST_ENVIRONMENT_H
#define GUEST_ENVIRONMENT_H

/* Entries of a program's environment, with the NULL at its end. */
#define ENVIRONMENT_MAX 8

/*
 * Fills in a program's environment: the part that is the same for all, then
 * the part that image, the environment that the image gave to PID 1, may add.
 * The strings stay image's. Never fails: too many entries lose their last.
 */
void environment_fill(char *environment[ENVIRONMENT_MAX], char *const image[]);

#endif
