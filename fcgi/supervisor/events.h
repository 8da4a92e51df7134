/* SPDX-License-Identifier: MIT */
/* The descriptors that the loop waits for, and what each of them stands for. */
#ifndef SCE_EVENTS_H
#define SCE_EVENTS_H

#include <stdint.h>
#include <sys/epoll.h>

#include "supervisor/state.h"

/* The upper word of an event's data; the lower one is an index. */
enum event_kind {
	EVENT_SIGNAL,
	EVENT_LISTEN,
	EVENT_GUEST,
	EVENT_GUEST_EXIT,
	EVENT_RESPONDER,
	EVENT_FASTCGI
};

/* Watches a descriptor for EPOLL* events. 0, or -1 with errno. */
int events_watch(struct supervisor *sup, int fd, uint32_t events,
    enum event_kind kind, uint32_t index);
/* Watches it for other events from now on. 0, or -1 with errno. */
int events_change(struct supervisor *sup, int fd, uint32_t events,
    enum event_kind kind, uint32_t index);
/* Closes a descriptor that was watched, or is -1: a copy elsewhere would keep
 * its events coming. Keeps errno. */
void events_close(struct supervisor *sup, int *fd);

#endif
