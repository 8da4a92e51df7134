/* SPDX-License-Identifier: MIT */
/* Runs a request: a lease, a job, frames -> a result. */
#ifndef SCE_RUN_H
#define SCE_RUN_H

#include <stdint.h>
#include <time.h>

#include "responder/job/request.h"
#include "responder/run/lease.h"
#include "responder/run/order.h"
#include "responder/run/result.h"

#define INBOX_BYTES (2 * (FRAME_HEADER_LEN + FRAME_PAYLOAD_MAX))

enum run_outcome {
	RUN_DONE,    /* there is a result, perhaps of a sandbox that failed */
	RUN_REFUSED, /* there is a refusal */
	RUN_CLIENT_GONE /* nobody is left to answer */
};

/*
 * Watches a run as it goes on. send is called when there is something to tell
 * and the client's connection takes it, at first when the program has started:
 * 0, or -1 when the client is gone. NULL: only the order is of interest.
 */
struct run_watcher {
	struct order order;    /* of the program's output */
	struct order compiler; /* of the compiler's, which is never told */
	bool has_begun;        /* the client knows that it runs */
	int (*send)(struct run_watcher *watcher);
};

void run_watcher_finish(struct run_watcher *watcher);

/* Buffers that a worker keeps from run to run, and the state of one run. */
struct run {
	struct link *link;
	uint32_t output_limit_bytes;
	uint8_t *inbox; /* frames from the guest; INBOX_BYTES */
	size_t inbox_len;
	/* The program's output, then the compiler's: output_limit_bytes
	 * each. */
	uint8_t *output[2][ORDER_STREAMS];
	bool sent;         /* the job is on its way: code may run from now on */
	bool started;      /* the guest has said that it has the job */
	bool is_compiling; /* the compiler runs, or was the last to run */
	bool compiler_ended; /* the guest has said how */
	uint64_t queue_us;
	struct returned returned; /* files: to be finished once they are told */
	struct result compiler;   /* where the language has one */
	struct result result; /* of the program; or of the compiler, if it has
			       * not succeeded: then is_compiling still holds */
	struct run_watcher *watcher; /* NULL: nobody watches */
};

/* 0, or -1 with errno ENOMEM. run_finish may follow in any case. */
int run_init(struct run *run, struct link *link, uint32_t output_limit_bytes);
void run_finish(struct run *run);

/* Sets the state back for a run of this request. */
void run_begin(struct run *run, const struct request *request);

/*
 * Runs a request for a client and fills run->result, or the refusal. The
 * result points into the run's buffers until the next call. client_fd is
 * watched for its end; -1: no client.
 */
enum run_outcome run_execute(struct run *run, const struct request *request,
    const struct link_asker *asker, int client_fd, struct refusal *refusal);

enum run_step {
	RUN_STEP_ON,      /* nothing decisive yet */
	RUN_STEP_VERDICT, /* the guest has said how it ended */
	RUN_STEP_TIMEOUT, /* the responder's own deadline came */
	RUN_STEP_BROKEN,  /* nonsense, or the end before a verdict */
	RUN_STEP_GONE     /* the client went away */
};

/* Takes all whole frames out of run->inbox; a part of one stays. */
enum run_step gather_frames(struct run *run);

/* --- execlog.c: executions.log, one JSON object a line, one write a line ---
 */
struct execlog_entry {
	struct timespec time; /* CLOCK_REALTIME */
	const char *request_id;
	const char *trace;  /* nginx's number of the request */
	const char *client; /* address */
	const struct request *request;
	const struct result *result;
	uint64_t queue_us;
	bool with_code; /* the program itself, not only its digest */
};

/* The line with its newline, on the heap; NULL when memory is short. */
char *execlog_format(const struct execlog_entry *entry, size_t *len);

/*
 * Formats and writes. 0, or -1 with errno: a full disk loses the line only.
 * *torn remembers a line that was cut, until the next one has ended it.
 */
int execlog_write(int fd, bool *torn, const struct execlog_entry *entry);

#endif
