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

/* True of a sandbox whose network, which it joined, has ended, even if the slot
 * has another one by now. */
static inline bool
box_is_left_alone(const struct supervisor *sup, uint32_t slot)
{
	const uint32_t index = sup->pool.slot_count + slot;
	const uint64_t joined = sup->boxes[slot].network_start;

	return joined != 0 && (sup->pool.slots[index].state != SLOT_READY ||
				  sup->boxes[index].start != joined);
}

/* --- start.c --- */
void box_init(struct box *box);
/* EMPTY to STARTING, else false. The language of a network is 0. */
bool box_start(struct supervisor *sup, uint32_t index, uint32_t language);
/* The second half of the start: docker run, in a network or, if that is NULL,
 * in one of its own. */
void box_launch(struct supervisor *sup, uint32_t index, const char *network);
/* The guest has dialled. */
void box_on_dial(struct supervisor *sup, uint32_t index);
/* STARTING: takes what there is of the guest's one frame, and no byte beyond
 * it. */
void box_on_frame(struct supervisor *sup, uint32_t index);

/* --- network.c --- */
/* Starts the sandbox of an EMPTY slot: in the slot's network, at once or when
 * that is READY. */
void network_start_box(
    struct supervisor *sup, uint32_t slot, uint32_t language);
/* The slot's network is not to be lent again. */
void network_wear(struct supervisor *sup, uint32_t slot);
/*
 * Launches the sandboxes that wait for a network which is READY by now, ends
 * those whose network has ended and the networks that have to go, and tells the
 * pool which slots have one. To be called before a slot is started.
 */
void networks_settle(struct supervisor *sup, uint64_t now_us);
/* Starts a network for the next sandbox if there is none, while nothing else
 * has to be started. Returns when networks have to be looked at again. */
uint64_t networks_keep_spare(struct supervisor *sup, uint64_t now_us);

/* --- fork_runs.c: isolation = fork --- */
/* Gives the guest one end of a new socket. Returns the responder's end, which
 * stays ours, or -1 with the reason logged. */
int fork_runs_open(struct supervisor *sup, uint32_t slot);
/* The responder has got an answer. False: the sandbox is to be ended. */
bool fork_runs_on_release(
    struct supervisor *sup, uint32_t slot, uint32_t verdict);
/* The guest says something during a lease. */
void fork_runs_on_guest(struct supervisor *sup, uint32_t slot);

/* --- ending.c --- */
/* Does nothing if the slot is EMPTY or DEAD: a release can come in the same
 * batch of events as the end. */
void ending_begin(struct supervisor *sup, uint32_t index);
/* At a stop: ends all that start or wait. */
void ending_begin_idle(struct supervisor *sup);
/* The start has failed: logs why; the language's next start waits a bit
 * longer. */
void ending_fail_start(struct supervisor *sup, uint32_t index, const char *why);
/* Isolation = fork: revokes the socket of a run, whoever holds copies of it. */
void ending_close_run(struct box *box);
/* The connection of a guest that should wait, or run, has ended. */
void ending_on_hang_up(struct supervisor *sup, uint32_t index);
/* The box's deadline_us is over. */
void ending_on_deadline(struct supervisor *sup, uint32_t index);
/* PID 1 of the container, docker run, or docker kill or rm has ended. */
void ending_on_guest_exit(struct supervisor *sup, uint32_t index);
void ending_on_runner_exit(struct supervisor *sup, uint32_t index, int status);
void ending_on_helper_exit(struct supervisor *sup, uint32_t index, int status);
/* Docker answers again: tries at once what is quarantined. */
void ending_retry_quarantined(struct supervisor *sup);
/* Takes care of what is overdue, of all boxes and their docker clients. Returns
 * the next deadline; now, if there was one: others look at what it changed. */
uint64_t ending_settle(struct supervisor *sup, uint64_t now_us);

#endif
