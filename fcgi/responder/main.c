/* SPDX-License-Identifier: MIT */
/*
 * sce-responder: parses what strangers send, and is trusted with nothing. Its
 * rights were dropped by sced before it was executed; it checks that, gives
 * up the rest, and serves. Its arguments come from sced's configuration:
 * NAME=NUMBER, and language=ROW for each row of job/language.h.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/log.h"
#include "responder/worker.h"

struct number {
	const char *name;
	uint32_t max;
	uint32_t *value; /* where it goes; NULL: it was given */
};

static void
take_number(struct number *number, const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (number->value == NULL)
		die("argument %s is there twice", number->name);
	if (*end != '\0' || end == text || value > number->max)
		die("argument %s is not a number up to %" PRIu32, number->name,
		    number->max);
	*number->value = (uint32_t)value;
	number->value = NULL;
}

/* Cuts the word at its sign. A language's row has to stay where it is. */
static void
take_word(char *word, struct number *numbers, struct languages *languages)
{
	char *value = word;
	const char *problem;

	(void)strsep(&value, "=");
	while (numbers->name != NULL && strcmp(word, numbers->name) != 0)
		numbers++;
	if (value != NULL && numbers->name != NULL) {
		take_number(numbers, value);
	} else if (value != NULL && strcmp(word, "language") == 0) {
		problem = languages_add(languages, value);
		if (problem != NULL)
			die("language %zu: %s", languages->count + 1, problem);
	} else {
		die("argument %s is unknown", word);
	}
}

static void
take_arguments(int argc, char *argv[], struct service_options *options)
{
	struct request_limits *limits = &options->limits;
	uint32_t log_level = 0, log_code = 0, text_plain = 0;
	struct number numbers[] = {
		{ "code_length", CODE_POINTS_MAX, &limits->code_points_max },
		{ "body", BODY_BYTES_MAX, &limits->body_bytes_max },
		{ "output", OUTPUT_BYTES_MAX, &options->output_limit_bytes },
		{ "files", UINT32_MAX, &limits->files_bytes_max },
		{ "log_level", 7, &log_level },
		{ "log_code", 1, &log_code },
		{ "text_plain", 1, &text_plain },
		{ NULL, 0, NULL },
	};
	const struct number *number;
	int i;

	if (argc == 1)
		die("sce-responder " SCE_VERSION " is started by sced only");
	options->languages.count = 0;
	for (i = 1; i < argc; i++)
		take_word(argv[i], numbers, &options->languages);
	for (number = numbers; number->name != NULL; number++) {
		if (number->value != NULL)
			die("argument %s is missing", number->name);
	}
	if (options->languages.count == 0)
		die("argument language is missing");
	log_init("sce-responder", (int)log_level);
	options->log_code = log_code == 1;
	limits->takes_text = text_plain == 1;
}

/* The supervisor's channel ends us, not a signal: one in the middle of a
 * request would lose an answer. */
static void
block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) == -1)
		die("sigprocmask: %m");
}

int
main(int argc, char *argv[])
{
	struct link link = { .fd = RESPONDER_LEASE_FD,
		.log_fd = RESPONDER_LOG_FD };
	struct service_options options;
	struct worker *worker;
	const char *problem;

	log_init("sce-responder", LOG_LEVEL_INFO);
	if (fd_keep_standard_open() == -1)
		return EXIT_FAILURE;
	take_arguments(argc, argv, &options);
	block_signals();
	problem = confine_check();
	if (problem != NULL)
		die("refusing to start: %s", problem);
	worker = worker_create(&options, &link);
	if (worker == NULL)
		die("start: %m");
	if (confine_responder() == -1)
		die("confinement: %m");
	worker_loop(worker);
	worker_destroy(worker);
	return EXIT_SUCCESS;
}
