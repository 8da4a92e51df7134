/* SPDX-License-Identifier: MIT */
/*
 * Whatever the Engine answers to sce-docker, and however it is cut: what is
 * kept stays below the limit, the pieces do not change the outcome, and what
 * is made of its JSON is printable.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/http.h"

/* How long the pieces are and how much is kept; then the answer. */
#define HEAD_LEN 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
assert_line(const char *why)
{
	assert(strlen(why) > 0 && strlen(why) < ENGINE_WHY_MAX);
	for (; *why != '\0'; why++)
		assert((unsigned char)*why >= ' ' && *why != 0x7f);
}

static void
assert_kept(const struct http *http)
{
	assert(http->body_len <= http->body_max);
	assert(http->room <= 2 * (http->body_max + 4096));
	assert(http->body == NULL || http->body[http->body_len] == '\0');
}

/* Each piece in memory of exactly its size, for ASan to see. */
static int
decode(struct http *http, const uint8_t *data, size_t size, size_t piece_max,
    char why[ENGINE_WHY_MAX])
{
	char *piece;
	size_t n;
	int rc;

	for (; size > 0; data += n, size -= n) {
		n = size < piece_max ? size : piece_max;
		piece = malloc(n);
		assert(piece != NULL);
		memcpy(piece, data, n);
		rc = http_feed(http, piece, n, why);
		free(piece);
		assert_kept(http);
		if (rc == -1) {
			assert(http->state == HTTP_BROKEN);
			return -1;
		}
	}
	return http_end(http, why);
}

static void
read_answer(const struct http *http)
{
	char why[ENGINE_WHY_MAX];
	char id[ANSWER_ID_MAX];
	char *text = NULL;
	size_t len = 0;
	size_t i;
	FILE *out = open_memstream(&text, &len);

	assert(out != NULL);
	(void)answer_is_too_old(http);
	answer_tell_refusal(http, why);
	assert_line(why);
	if (answer_get_id(http, id, why) == 0)
		assert(name_is_image(id));
	else
		assert_line(why);
	answer_print_warnings(http, out);
	if (answer_print_names(http, out, why) == -1)
		assert_line(why);
	assert(fclose(out) == 0);
	for (i = 0; i < len; i++)
		assert(text[i] == '\n' ||
		       ((unsigned char)text[i] >= ' ' && text[i] != 0x7f));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why_whole[ENGINE_WHY_MAX] = "";
	char why_pieces[ENGINE_WHY_MAX] = "";
	struct http whole;
	struct http pieces;
	int rc;

	if (size < HEAD_LEN)
		return 0;
	http_init(&whole, (size_t)data[1] << 4);
	http_init(&pieces, (size_t)data[1] << 4);
	rc = decode(
	    &whole, data + HEAD_LEN, size - HEAD_LEN, SIZE_MAX, why_whole);
	assert(decode(&pieces, data + HEAD_LEN, size - HEAD_LEN,
		   1 + (size_t)data[0], why_pieces) == rc);
	assert(whole.state == pieces.state && whole.status == pieces.status);
	if (rc == -1) {
		assert_line(why_whole);
		assert(strcmp(why_whole, why_pieces) == 0);
	} else {
		assert(whole.body_len == pieces.body_len);
		assert(whole.body_len == 0 ||
		       memcmp(whole.body, pieces.body, whole.body_len) == 0);
		read_answer(&whole);
	}
	http_finish(&whole);
	http_finish(&pieces);
	return 0;
}
