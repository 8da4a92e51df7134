/* SPDX-License-Identifier: MIT */
/* The responders, their channels, and the leases that they get. */
#ifndef SCE_RESPONDERS_H
#define SCE_RESPONDERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/state.h"

/* Between the responder's own deadline and the end of the lease. */
#define LEASE_MARGIN_US (2 * 1000 * 1000)

/*
 * True while a responder leases a box. The responder has its lease until it
 * releases it; a box that ends before that is free of it at once.
 */
static inline bool
lease_is_held(const struct supervisor *sup, uint32_t index)
{
	const struct responder *responder = &sup->responders[index];

	return responder->state == RESPONDER_LEASED &&
	       responder->slot != POOL_NONE &&
	       sup->boxes[responder->slot].responder == index;
}

/* --- responders.c --- */
void responders_start(struct supervisor *sup);
/* Ends those that keep a lease which is over, and starts those that have ended.
 * Returns when the next one is due. */
uint64_t responders_settle(struct supervisor *sup, uint64_t now_us);
/* A child has ended; false if it was no responder. */
bool responders_on_exit(struct supervisor *sup, pid_t pid, int status);
/* Ends a responder that broke the rules, with why to log, or whose channel
 * ended, with NULL. */
void responders_end(struct supervisor *sup, uint32_t index, const char *why);
/* At a stop: asks all of them to finish. */
void responders_stop(struct supervisor *sup);
uint32_t responders_alive(const struct supervisor *sup);
/* Opens executions.log: a descriptor, or -1 with errno. */
int responders_open_log(const struct config *config);
/* The same, and gives it to all responders. Logs what went wrong. */
void responders_reopen_log(struct supervisor *sup);

/* Sends a message, with a descriptor unless fd is -1. A responder that does not
 * read its channel is ended. */
void channel_reply(struct supervisor *sup, uint32_t index,
    struct lease_reply *message, int fd);
/* The responder waits no longer, and gets no lease. */
void channel_refuse(
    struct supervisor *sup, uint32_t index, enum lease_refusal reason);

/* --- grant.c --- */
/* Gives leases, and refuses those who waited too long or in vain. */
void grant_all(struct supervisor *sup, uint64_t now_us);
/* The same, after a look for leases whose box has ended: their responders have
 * a while to notice. To be called before a slot is started again. */
void grant_settle(struct supervisor *sup, uint64_t now_us);

/* --- health.c: what is wrong with the question, or NULL --- */
const char *health_tell(struct supervisor *sup, uint32_t index,
    const struct lease_request *request);
const char *health_tell_metrics(struct supervisor *sup, uint32_t index,
    const struct lease_request *request);

/* --- monitor.c --- */
/* Takes one message of a responder. */
void monitor_on_responder(struct supervisor *sup, uint32_t index);

#endif
