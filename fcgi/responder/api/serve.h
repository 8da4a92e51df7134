/* SPDX-License-Identifier: MIT */
/* One request after the other, whatever API it is for. */
#ifndef SCE_SERVE_H
#define SCE_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/api/reply.h"
#include "responder/http/exchange.h"

/* A run that its client watches: POST /run with Accept: text/event-stream. */
struct live {
	struct run_watcher watcher; /* first: send gets its address */
	struct exchange *exchange;
	struct run *run;
};

struct service_options {
	struct request_limits limits;
	struct languages languages; /* limits.languages points to it */
	uint32_t output_limit_bytes;
	bool log_code;
};

/* All that serving needs. A worker owns it. */
struct service {
	struct service_options options;
	struct link *link;
	struct run run;
	struct exchange *exchange;
	struct live live;
	const struct dialect *dialect; /* of the request under way */
	struct run_watcher orderly;    /* where nobody watches it live */
	uint8_t *body;                 /* body_bytes_max and a NUL */
	struct link_asker asker;       /* of the request under way */
	uint64_t log_failures;
	bool log_torn; /* the last line was cut by a full disk */
};

/* Requests come from RESPONDER_LISTEN_FD. 0, or -1 with errno; service_finish
 * may follow in any case. */
int service_init(struct service *service, const struct service_options *options,
    struct link *link);
void service_finish(struct service *service);

/* Accepts a request, if there is one, and answers it. */
void serve_one(struct service *service);

#endif
