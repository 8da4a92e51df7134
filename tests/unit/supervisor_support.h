/* SPDX-License-Identifier: MIT */
/* A supervisor of one slot, without a loop, and with the docker client that a
 * test gives it. */
#ifndef SCE_SUPERVISOR_SUPPORT_H
#define SCE_SUPERVISOR_SUPPORT_H

#include "pool_support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "supervisor/box/box.h"
#include "supervisor/events.h"
#include "supervisor/lease/responders.h"
#include "supervisor/state.h"
#include "supervisor/upkeep/upkeep.h"

#define NETWORK 1 /* the box of slot 0's holder */

static inline int
make_supervisor(void **state)
{
	const struct pool_limits limits = {
		.languages = 1, .running = 1, .starting = 1
	};
	struct supervisor *sup = calloc(1, sizeof(*sup));
	uint32_t i;

	if (sup == NULL)
		return -1;
	*state = sup;
	config_set_defaults(&sup->config);
	(void)snprintf(sup->config.docker_cli, sizeof(sup->config.docker_cli),
	    "/bin/true");
	sup->docker.config = &sup->config;
	docker_client_init(&sup->sweeper);
	docker_client_init(&sup->inspector);
	pool_init(&sup->pool, &limits);
	sup->pool.slot_count = 1;
	for (i = 0; i < POOL_BOXES_MAX; i++)
		box_init(&sup->boxes[i]);
	sup->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return sup->epoll_fd == -1 ? -1 : 0;
}

static inline int
free_supervisor(void **state)
{
	struct supervisor *sup = *state;

	docker_client_finish(&sup->sweeper);
	docker_client_finish(&sup->inspector);
	close(sup->epoll_fd);
	free(sup);
	return 0;
}

#endif
