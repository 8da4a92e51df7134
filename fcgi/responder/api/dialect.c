/* SPDX-License-Identifier: MIT */
#include "responder/api/dialect.h"

#include "responder/api/piston/piston.h"

static int
format_own_result(
    const struct run *run, const struct request *request, struct reply *reply)
{
	(void)request;
	return reply_format_result(&run->result, reply);
}

const struct dialect dialect_own = {
	.check_head = request_check_head,
	.parse_body = request_parse_body,
	.format_result = format_own_result,
	.format_refusal = reply_format_refusal,
	.has_live = true,
	.not_found = "Not found: send programs to /run",
};

static int
format_piston_result(
    const struct run *run, const struct request *request, struct reply *reply)
{
	const struct piston_stage compile = { &run->compiler,
		&run->watcher->compiler };
	const struct piston_stage program = { &run->result,
		&run->watcher->events };
	struct piston_outcome outcome = { .runtime = request->runtime,
		.run = run->is_compiling ? compile : program };

	if (request->runtime->compiles)
		outcome.compile = compile;
	return piston_format_result(&outcome, reply);
}

const struct dialect dialect_piston = {
	.check_head = piston_check_head,
	.parse_body = piston_parse_body,
	.format_result = format_piston_result,
	.format_refusal = piston_format_refusal,
	.has_live = false,
	.not_found = "Not Found",
};
