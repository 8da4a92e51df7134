/* SPDX-License-Identifier: MIT */
/* sced's command line. */
#ifndef SCE_OPTIONS_H
#define SCE_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *path; /* of the configuration; NULL: defaults */
	bool check_only;
	const char *print_run; /* of which language; NULL: do not */
};

/* -1, or the status to exit with: all that was asked for has been printed, or
 * what is wrong. */
int options_parse(struct options *wanted, int argc, char *argv[]);

#endif
