/* SPDX-License-Identifier: MIT */
/* Bytes from a guest -> what is known of its run. Pure. */
#ifndef SCE_GATHER_H
#define SCE_GATHER_H

#include "responder/run/run.h"

enum run_step {
	RUN_STEP_ON,      /* nothing decisive yet */
	RUN_STEP_VERDICT, /* the guest has said how it ended */
	RUN_STEP_TIMEOUT, /* the responder's own deadline came */
	RUN_STEP_BROKEN,  /* nonsense, or the end before a verdict */
	RUN_STEP_GONE     /* the client went away */
};

/* The result of the compiler or the program, whichever runs. */
struct result *gather_result(struct run *run);

/* Takes all whole frames out of run->inbox; a part of one stays. */
enum run_step gather_frames(struct run *run);

#endif
