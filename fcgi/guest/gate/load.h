/* SPDX-License-Identifier: MIT */
/* What a run is: read and put in place by the program itself, which is
 * confined by then, and in memory of its own: the gate never sees it. */
#ifndef SCE_GUEST_GATE_LOAD_H
#define SCE_GUEST_GATE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct load {
	uint8_t *extras; /* mapped; valid: the guest has looked */
	uint32_t extras_len;
	bool is_unbuffered;
	bool returns_files;
	bool is_afresh; /* what the gate has booted is not what it needs */
};

/* Waits for it. The text and the files go into the working directory. 0, or -1
 * with errno. */
int load_take(struct load *load, int run_fd);

/* Gives back what load_exec would need. */
void load_finish(struct load *load);

/* Instead of what has been booted: an interpreter with its options and
 * arguments. Returns only if that failed. */
void load_exec(const struct load *load);

#endif
