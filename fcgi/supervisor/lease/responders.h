/* SPDX-License-Identifier: MIT */
/* The responders, their channels, and the leases that they get. */
#ifndef SCE_RESPONDERS_H
#define SCE_RESPONDERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/state.h"

/*
 * True while a responder leases a box. Its lease ends when it releases it; when
 * the box ends before that, the box alone is free of it.
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
bool responders_on_exit(struct supervisor *sup, pid_t pid, int status);
/* A responder that broke the rules, or whose channel ended. */
void responders_end(struct supervisor *sup, uint32_t index, const char *why);
void responders_reopen_log(struct supervisor *sup);
void responders_stop(struct supervisor *sup);
uint32_t responders_alive(const struct supervisor *sup);
/* Opens executions.log; -1 with errno. */
int responders_open_log(const struct config *config);

/* --- health.c: what is wrong with the question, or NULL --- */
const char *health_tell(struct supervisor *sup, uint32_t index,
    const struct lease_request *request);
const char *health_tell_metrics(struct supervisor *sup, uint32_t index,
    const struct lease_request *request);

/* --- channel.c --- */
/* fd: a descriptor to go with it, or -1. Who does not read is ended. */
void channel_reply(struct supervisor *sup, uint32_t index,
    struct lease_reply *message, int fd);
/* It waits no longer, and gets no lease. */
void channel_refuse(
    struct supervisor *sup, uint32_t index, enum lease_refusal reason);

/* --- monitor.c --- */
void monitor_on_responder(struct supervisor *sup, uint32_t index);

/* --- grant.c --- */
/* Gives leases, and refuses those who waited too long or in vain. */
void grant_all(struct supervisor *sup, uint64_t now_us);
/* The same, after a look at the leases whose box has ended: those responders
 * have a while to notice. Must be called before a slot is started again. */
void grant_settle(struct supervisor *sup, uint64_t now_us);

#endif
