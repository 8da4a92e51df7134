/* SPDX-License-Identifier: MIT */
/*
 * HTTP fields and JSON -> what to run, or a reason to refuse. Pure. The order
 * of the checks is part of the contract: method, content type, size, lexical
 * JSON and UTF-8, members, values.
 */
#ifndef SCE_REQUEST_H
#define SCE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"
#include "responder/job/runtime.h"

/* What the owner of the service allows, whatever the language: the limits of a
 * language are in its row. */
struct request_limits {
	const struct runtimes *runtimes; /* one row at the least */
	uint32_t code_points_max;
	uint32_t body_bytes_max;
	uint32_t files_bytes_max; /* of all files together */
	bool takes_text; /* Piston's paths: text/plain counts as JSON */
};

/* A request that will not run: status and one sentence for the client. */
struct refusal {
	int http_status;
	uint32_t retry_after_s; /* 0: no such header */
	const char *allow;      /* for 405, else NULL */
	char message[SENTENCE_BYTES_MAX];
};

/* As extras.h has them; request_extras.h makes them. */
struct request_extras {
	uint8_t *data; /* NULL if there are none */
	size_t len;
	size_t size;
};

/* What a client asked for. Owns its bytes; request_finish frees them. */
struct request {
	uint8_t *code; /* code_len bytes, then a NUL that is not counted */
	size_t code_len;
	uint8_t *stdin_data; /* NULL if there is none */
	size_t stdin_len;
	struct request_extras extras;
	size_t files_len;              /* of all files in them: bytes */
	const struct runtime *runtime; /* what it is written in */
	uint32_t wall_limit_ms;
	/* For its compiler alone; 0: wall_limit_ms is for both together. */
	uint32_t compile_wall_limit_ms;
	uint32_t cpu_limit_ms; /* 0: the wall clock is limit enough */
	uint64_t memory_bytes; /* 0: all that there is */
	bool is_live;          /* its output is watched as it comes */
	bool returns_files;    /* those that it makes are part of the answer */
};

/*
 * Method, content type and size, before the body is read. NULL stands for a
 * field that is not there. *body_len gets the announced length. 0, or -1 with
 * the refusal filled in: 405, 415, 411 (no length), 400 (bad length), 413.
 */
int request_check_head(const char *method, const char *content_type,
    const char *content_length, const struct request_limits *limits,
    size_t *body_len, struct refusal *refusal);

/* True if an Accept header asks for server-sent events by name. */
bool request_wants_events(const char *accept);

/*
 * The body. 0, or -1 with the refusal filled in (400, or 503 when memory is
 * short); *request is then empty. request_finish may follow in any case.
 */
int request_parse_body(const uint8_t *body, size_t body_len,
    const struct request_limits *limits, struct request *request,
    struct refusal *refusal);

/* Of all that happens in its sandbox. */
static inline uint32_t
request_wall_ms(const struct request *request)
{
	return request->wall_limit_ms + request->compile_wall_limit_ms;
}

void request_init(struct request *request);
void request_finish(struct request *request);

/* printf-like; cuts the message rather than overflow. Always returns -1. */
int refusal_set(struct refusal *refusal, int http_status, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

#endif
