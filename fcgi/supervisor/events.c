/* SPDX-License-Identifier: MIT */
/* The loop's epoll: an event's data is its kind and an index. */
#include "supervisor/events.h"

#include <errno.h>

#include "common/io.h"

static int
control(struct supervisor *sup, int operation, int fd, uint32_t events,
    enum event_kind kind, uint32_t index)
{
	struct epoll_event event = { .events = events,
		.data.u64 = (uint64_t)kind << 32 | index };

	return epoll_ctl(sup->epoll_fd, operation, fd, &event);
}

int
events_watch(struct supervisor *sup, int fd, uint32_t events,
    enum event_kind kind, uint32_t index)
{
	return control(sup, EPOLL_CTL_ADD, fd, events, kind, index);
}

int
events_change(struct supervisor *sup, int fd, uint32_t events,
    enum event_kind kind, uint32_t index)
{
	return control(sup, EPOLL_CTL_MOD, fd, events, kind, index);
}

void
events_close(struct supervisor *sup, int *fd)
{
	int saved = errno;

	if (*fd != -1)
		(void)epoll_ctl(sup->epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
	fd_close(fd);
	errno = saved;
}
