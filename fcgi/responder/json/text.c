/* SPDX-License-Identifier: MIT */
/* Bytes of a program -> text that may go into JSON. */
#include "responder/json/text.h"

#include <stdlib.h>

#include "common/utf8.h"

int
text_repair(struct text *text, const uint8_t *data, size_t len, bool cut)
{
	text->data = NULL;
	text->len = 0;
	if (len == 0)
		return 0;
	if (len > OUTPUT_BYTES_MAX) /* no run may; json-c counts in int */
		return -1;
	text->data = malloc(len * UTF8_REPAIR_GROWTH);
	if (text->data == NULL)
		return -1;
	text->len = utf8_repair(data, len, cut, (uint8_t *)text->data);
	return 0;
}

int
text_init(struct text *text, const uint8_t *data, size_t len, bool cut)
{
	if (text_repair(text, data, len, cut) == -1)
		return -1;
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		text->len--;
	return 0;
}

void
text_finish(struct text *text)
{
	free(text->data);
	text->data = NULL;
	text->len = 0;
}
