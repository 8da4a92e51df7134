/* SPDX-License-Identifier: MIT */
/* The table of options, and how each is found. Only create*.c include this. */
#ifndef SCE_ENGINE_CREATE_OPTION_H
#define SCE_ENGINE_CREATE_OPTION_H

#include "engine/create.h"

struct create_option {
	const char *name; /* as it is written, with its dashes */
	const char *key;  /* of the member that it becomes */
	/* With a value; NULL for a flag. 0, or -1: value is none of this
	 * option's, and why may say more than that. */
	int (*set)(struct create *create, const char *key, const char *value,
	    char why[ENGINE_WHY_MAX]);
	int (*raise)(struct create *create, const char *key);
};

/* NULL if there is no such option. */
const struct create_option *create_option_find(const char *name);

#endif
