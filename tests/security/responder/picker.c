/* SPDX-License-Identifier: MIT */
/*
 * For a test only: a responder that asks for the language whose index is the
 * last digit of the run's limit in milliseconds, whatever else was asked for.
 */
#include "responder/run/lease.h"

enum link_outcome __wrap_link_acquire(struct link *link,
    const struct link_asker *asker, const struct link_wish *wish, int client_fd,
    struct lease_reply *reply, int *sandbox_fd);
enum link_outcome __real_link_acquire(struct link *link,
    const struct link_asker *asker, const struct link_wish *wish, int client_fd,
    struct lease_reply *reply, int *sandbox_fd);

enum link_outcome
__wrap_link_acquire(struct link *link, const struct link_asker *asker,
    const struct link_wish *wish, int client_fd, struct lease_reply *reply,
    int *sandbox_fd)
{
	struct link_wish picked = *wish;

	picked.language = wish->wall_limit_ms % 10;
	return __real_link_acquire(
	    link, asker, &picked, client_fd, reply, sandbox_fd);
}
