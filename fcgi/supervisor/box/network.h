/* SPDX-License-Identifier: MIT */
/*
 * The holder of a slot's network: a container of ours, itself `--network
 * none`, in which nothing but the guest waits for its life line to end. The
 * sandboxes of its slot, one after the other, join its network namespace
 * instead of having Docker make one each, which is half of a start's cost.
 *
 * It is started, watched and ended by the same code as a sandbox is, as the
 * box with the number of its slot + slot_count. A slot is started only while
 * its holder is not on its way out; one that is EMPTY keeps it for a while.
 *
 * A namespace that a run has used is never lent again: with the counters of
 * its packets not what they were at first, the holder is replaced. So are old
 * ones, those of another image, and those with which a start has failed.
 */
#ifndef SCE_HOLDER_H
#define SCE_HOLDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Runs, and time, after which even an untouched one is replaced. */
#define NETWORK_LOANS_MAX 50
#define NETWORK_AGE_MAX_US (60ULL * 60 * 1000 * 1000)
/* How long a slot that is not started keeps it, but for one: the next start is
 * as a rule in another slot than the one that was just leased. */
#define NETWORK_IDLE_US (3ULL * 1000 * 1000)
#define NETWORK_SPARE 1
/* After one that was to be spare could not be started: microseconds. */
#define NETWORK_SPARE_AGAIN_US (10ULL * 1000 * 1000)
#define NETWORK_COUNTERS_MAX 6144

struct supervisor;

/* What a box has that is one. */
struct network {
	pid_t pid;      /* in whose /proc the counters are */
	uint32_t loans; /* sandboxes that joined it */
	bool lent;      /* since the counters were looked at */
	bool worn;      /* not to be lent again */
	char counters[NETWORK_COUNTERS_MAX]; /* as they were at first */
};

/* True for the number of a box that is a holder. */
bool box_is_network(const struct supervisor *sup, uint32_t index);

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
