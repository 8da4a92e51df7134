/* SPDX-License-Identifier: MIT */
#ifndef GUEST_ENVIRONMENT_H
#define GUEST_ENVIRONMENT_H

/* Entries of a program's environment, with the NULL at its end. */
#define ENVIRONMENT_MAX 8

/*
 * Fills in what a program finds: what is the same for all of them, then what
 * image, the environment that the image gave to PID 1, may add. The strings
 * stay image's. Never fails: of too many entries the last are left out.
 */
void environment_fill(char *environment[ENVIRONMENT_MAX], char *const image[]);

#endif
