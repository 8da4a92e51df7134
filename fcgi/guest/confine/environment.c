/* SPDX-License-Identifier: MIT */
/* The environment of programs. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "guest/confine/confine.h"

/* Every program finds these, whatever the image says. */
static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
static char home[] = "HOME=/box";
static char user[] = "USER=sandbox";
static char lang[] = "LANG=C.UTF-8";
static char *const fixed[] = { path, home, user, lang };

/* An image may say this of its modules: which one draws plots, and how many
 * threads there are to be. All else stays out, so that programs behave the same
 * whatever the image was made from. */
static const char *const from_image[] = {
	"MPLBACKEND",
	"OMP_NUM_THREADS",
	"OPENBLAS_NUM_THREADS",
};

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

_Static_assert(LENGTH(fixed) + LENGTH(from_image) < ENVIRONMENT_MAX,
    "what is known must fit");

static bool
is_for_programs(const char *entry)
{
	size_t i;

	for (i = 0; i < LENGTH(from_image); i++) {
		size_t len = strlen(from_image[i]);

		if (strncmp(entry, from_image[i], len) == 0 &&
		    entry[len] == '=')
			return true;
	}
	return false;
}

void
environment_fill(char *environment[ENVIRONMENT_MAX], char *const image[])
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < LENGTH(fixed); i++)
		environment[count++] = fixed[i];
	for (i = 0; image[i] != NULL && count < ENVIRONMENT_MAX - 1; i++) {
		if (is_for_programs(image[i]))
			environment[count++] = image[i];
	}
	environment[count] = NULL;
}
