/* SPDX-License-Identifier: MIT */
/*
 * What a run is: read and put in place by its init, who then tells the program
 * no more than it needs.
 */
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

/*
 * In the init: the program's text and its files go into the working directory,
 * through memory of this process alone: the gate never sees them. 0, or -1.
 */
int load_place(struct load *load, int run_fd);

/* From the init to the program, over a pipe. 0, or -1. */
int load_tell(const struct load *load, int go_fd);
int load_hear(struct load *load, int go_fd);

void load_finish(struct load *load);

/* In the program: an interpreter with its options and arguments. Returns only
 * if that failed. */
void load_exec(const struct load *load);

#endif
