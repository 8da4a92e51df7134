/* SPDX-License-Identifier: MIT */
/* Owns the files of a result, and what signals are called. */
#include "responder/run/result.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void
append(struct returned *returned, const uint8_t *data, size_t len)
{
	if (len > 0)
		memcpy(returned->data + returned->len, data, len);
	returned->len += len;
	returned->missing -= len;
}

/* All files together have a ceiling, so that there is room for each at once. */
static int
begin_file(struct returned *returned, const struct file_piece *piece)
{
	struct returned_file *file = &returned->files[returned->count];

	if (returned->count == RETURN_FILES_MAX ||
	    piece->file_len > RETURN_BYTES_MAX - returned->len)
		return -1;
	if (returned->count > 0 && strcmp(file[-1].path, piece->path) >= 0)
		return -1;
	if (returned->data == NULL)
		returned->data = malloc(RETURN_BYTES_MAX);
	if (returned->data == NULL)
		return -1;
	memcpy(file->path, piece->path, sizeof(file->path));
	file->at = returned->len;
	file->len = piece->file_len;
	returned->missing = piece->file_len;
	returned->count++;
	append(returned, piece->data, piece->len);
	return 0;
}

int
returned_take(struct returned *returned, const uint8_t *payload, size_t len)
{
	struct file_piece piece;

	if (returned->missing == 0)
		return file_piece_decode(payload, len, &piece) == -1
			   ? -1
			   : begin_file(returned, &piece);
	if (len > returned->missing)
		return -1;
	if (len == 0)
		returned_drop_part(returned);
	else
		append(returned, payload, len);
	return 0;
}

void
returned_drop_part(struct returned *returned)
{
	if (returned->missing == 0)
		return;
	returned->missing = 0;
	returned->len = returned->files[--returned->count].at;
}

void
returned_finish(struct returned *returned)
{
	free(returned->data);
	returned->data = NULL;
	returned->len = returned->missing = returned->count = 0;
}

/* By number, as x86 and ARM have them. The name of a real-time signal depends
 * on the C library: it is its number here. */
static const char *const names[] = { "unknown", "SIGHUP", "SIGINT", "SIGQUIT",
	"SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
	"SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN",
	"SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
	"SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS", "32", "33", "34", "35", "36",
	"37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48",
	"49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59", "60",
	"61", "62", "63", "64" };

_Static_assert(SIGUSR1 == 10 && SIGCHLD == 17 && SIGSYS == 31,
    "other numbers than on x86 and ARM");

const char *
signal_name(uint32_t signal_number)
{
	const size_t count = sizeof(names) / sizeof(names[0]);

	return names[signal_number < count ? signal_number : 0];
}
