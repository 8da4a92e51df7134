/* SPDX-License-Identifier: MIT */
/* The member files of an answer, written as a request's: it can be sent back.
 */
#include <json-c/json.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>

#include "responder/api/run/body.h"
#include "responder/json/member.h"

/* With the NUL that b64_ntop puts behind it. */
static size_t
base64_size(size_t len)
{
	return (len + 2) / 3 * 4 + 1;
}

static int
add_content(struct json_object *object, const uint8_t *data, size_t len)
{
	char *text = malloc(base64_size(len));
	struct json_object *content;
	int n = -1;

	if (text != NULL)
		n = b64_ntop(data, len, text, base64_size(len));
	content = n == -1 ? NULL : json_object_new_string_len(text, n);
	free(text);
	return json_member_add(object, "content", content);
}

static int
add_file(struct json_object *files, const struct returned *returned,
    const struct returned_file *file)
{
	struct json_object *object = json_object_new_object();

	if (json_array_add(files, object) == -1 ||
	    json_member_add_string(object, "name", file->path) == -1 ||
	    add_content(object, returned->data + file->at, file->len) == -1)
		return -1;
	return json_member_add_string(object, "encoding", "base64");
}

int
reply_add_files(struct json_object *object, const struct returned *returned)
{
	struct json_object *files;
	size_t i;

	if (returned == NULL)
		return 0;
	files = json_object_new_array();
	if (json_member_add(object, "files", files) == -1)
		return -1;
	for (i = 0; i < returned->count; i++) {
		if (add_file(files, returned, &returned->files[i]) == -1)
			return -1;
	}
	return 0;
}
