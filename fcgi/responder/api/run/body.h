/* SPDX-License-Identifier: MIT */
/* struct result -> status and JSON body. Pure; json-c builds the text. */
#ifndef SCE_REPLY_H
#define SCE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/frame.h"
#include "responder/job/request.h"
#include "responder/run/returned.h"

struct json_object;

/* What a run left behind; the bytes belong to whoever filled it in. */
struct result {
	struct verdict verdict;
	const uint8_t *stdout_data; /* as the program wrote it, up to the cap */
	size_t stdout_len;
	const uint8_t *stderr_data;
	size_t stderr_len;
	uint32_t cpu_limit_ms;       /* 0: none of its own */
	uint32_t wall_limit_ms;      /* for the timeout's sentence */
	uint64_t memory_limit_bytes; /* for the memory's sentence */
	bool abandoned;              /* the client went away before the end */
	bool is_compiler;            /* not of the program, which has not run */
	const struct returned *files; /* NULL: nobody asked for any */
};

struct reply {
	int http_status;
	char *body; /* heap, NUL-terminated JSON and a final newline */
	size_t body_len;
};

/*
 * The answer to a program that ran: 200 and the members of the contract
 * (output, error, stderr, exit_code or signal, truncated, stage, files), in
 * that order; for VERDICT_SANDBOX_FAILED the 500 sentence. Every text loses its
 * trailing newlines and is empty if nothing else is left. 0, or -1 with errno
 * ENOMEM.
 */
int reply_format_result(const struct result *result, struct reply *reply);

/* {"text": ...}: output as it came, repaired. 0, or -1 with ENOMEM. */
int reply_format_text(const uint8_t *data, size_t len, struct reply *reply);

/*
 * The members without the text, for whom has been told that already: error
 * only if it is a sentence. Of a compiler nothing has been told, so that its
 * text is there. 0, or -1 with ENOMEM.
 */
int reply_format_ending(const struct result *result, struct reply *reply);

/* files, if they were asked for. 0, or -1: ENOMEM. (reply_files.c) */
int reply_add_files(
    struct json_object *object, const struct returned *returned);

/* One sentence on an end that was not a success. (sentence.c) */
void reply_describe_end(
    const struct result *result, char sentence[SENTENCE_BYTES_MAX]);

/* {member: sentence}. 0, or -1 with ENOMEM. */
int reply_format_sentence(int http_status, const char *member,
    const char *sentence, struct reply *reply);

/* The object as the body, for who has made one. 0, or -1: ENOMEM. */
int reply_set(struct reply *reply, int http_status, struct json_object *object);

/* {"error": message} with the refusal's status. 0, or -1 with ENOMEM. */
int reply_format_refusal(const struct refusal *refusal, struct reply *reply);

void reply_finish(struct reply *reply);

/* "SIGSEGV" for 11, "40" for what has no name of its own: never NULL. */
const char *reply_signal_name(uint32_t signal_number);

#endif
