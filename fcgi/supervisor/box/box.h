/* SPDX-License-Identifier: MIT */
/* A box from its start to the certainty that none of its processes is left. */
#ifndef SCE_BOX_H
#define SCE_BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "supervisor/state.h"

/* After a spare network that could not be started: microseconds. */
#define NETWORK_SPARE_AGAIN_US (10ULL * 1000 * 1000)

/* The boxes that there may be: a sandbox and a network for each slot. */
static inline uint32_t
box_count(const struct supervisor *sup)
{
	return 2 * sup->pool.slot_count;
}

/* True for the number of a box that is a network. */
static inline bool
box_is_network(const struct supervisor *sup, uint32_t index)
{
	return index >= sup->pool.slot_count;
}

/* --- start.c --- */
void box_init(struct box *box);
/* runtime: of a holder 0. */
void box_start(struct supervisor *sup, uint32_t slot, uint32_t runtime);
/* The second half of the start, once there is a network to join. */
void box_launch(struct supervisor *sup, uint32_t slot);
void box_on_dial(struct supervisor *sup, uint32_t slot);
void box_on_guest(struct supervisor *sup, uint32_t slot, uint32_t events);
void box_on_deadline(struct supervisor *sup, uint32_t slot);
void box_on_runner_exit(struct supervisor *sup, uint32_t slot, int status);

/* --- fork_runs.c: isolation = fork --- */
/* Gives the guest one end of a new socket: the responder's end, which stays
 * ours, or -1 if that did not work. */
int fork_runs_open_run(struct supervisor *sup, uint32_t slot);
/* The responder has got an answer. False: the sandbox is to be ended. */
bool fork_runs_on_release(
    struct supervisor *sup, uint32_t slot, uint32_t verdict);
/* The guest says something during a lease. */
void fork_runs_on_guest(struct supervisor *sup, uint32_t slot);
/* The socket of a run is revoked, whoever holds copies of it. */
void fork_runs_close_run(struct box *box);

/* Takes what there is of the frame, and no byte beyond it. */
void readiness_read(struct supervisor *sup, uint32_t slot);

/* --- ending.c --- */
void ending_begin(struct supervisor *sup, uint32_t slot);
/* Of a start: logs why; the runtime's next start waits a bit longer. */
void ending_fail_start(struct supervisor *sup, uint32_t slot, const char *why);
/* At a stop: what waits or starts has no future. */
void ending_begin_idle(struct supervisor *sup);
void ending_on_deadline(struct supervisor *sup, uint32_t slot);
void ending_on_guest_exit(struct supervisor *sup, uint32_t slot);
void ending_on_runner_exit(struct supervisor *sup, uint32_t slot);
void ending_on_helper_exit(struct supervisor *sup, uint32_t slot, int status);

/* Docker answers: no need to wait any longer with those. */
void ending_retry_quarantined(struct supervisor *sup);

/* --- network.c --- */

/*
 * Lends the slot's holder: its name, or NULL and *waits: it is being started,
 * and network_on_ready() will launch the sandbox. NULL alone: there are none.
 */
const char *network_lend(struct supervisor *sup, uint32_t slot, bool *waits);

void network_on_ready(struct supervisor *sup, uint32_t index);
void network_on_ending(struct supervisor *sup, uint32_t index);

/* A start in the slot has failed, or all holders have an old image. */
void network_wear(struct supervisor *sup, uint32_t slot);

/* Ends those that have to go, and tells the pool which slots have one. */
void networks_settle(struct supervisor *sup, uint64_t now_us);
uint64_t networks_next_event_us(const struct supervisor *sup, uint64_t now_us);

#endif
