/* SPDX-License-Identifier: MIT */
/* From argv to the body of POST /containers/create. */
#include "engine/create.h"

#include <json-c/json.h>
#include <string.h>

#include "engine/create_option.h"
#include "engine/create_value.h"
#include "engine/name.h"

/* With what docker's client sends unasked, as far as inspect shows it. */
static int
begin(struct create *create)
{
	struct json_object *policy;

	memset(create, 0, sizeof(*create));
	create->body = json_object_new_object();
	if (create->body == NULL)
		return -1;
	create->host = json_object_new_object();
	if (create_value_put(create->body, "HostConfig", create->host) == -1)
		return -1;
	policy = json_object_new_object();
	if (create_value_put(create->host, "RestartPolicy", policy) == -1)
		return -1;
	return create_value_put(policy, "Name", json_object_new_string("no"));
}

/* The options before the image. How many words they are, or -1. */
static int
parse_options(struct create *create, int argc, char *const argv[],
    char why[ENGINE_WHY_MAX])
{
	const struct create_option *option;
	int rc;
	int i;

	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		option = create_option_find(argv[i]);
		if (option == NULL)
			return engine_fail(why, "unknown option: %s", argv[i]);
		if (option->set == NULL) {
			rc = option->raise(create, option->key);
			(void)engine_fail(why, "no memory is left");
		} else if (++i == argc) {
			return engine_fail(
			    why, "%s wants a value", option->name);
		} else {
			(void)engine_fail(why, "invalid value \"%s\" for %s",
			    argv[i], option->name);
			rc = option->set(create, option->key, argv[i], why);
		}
		if (rc == -1)
			return -1;
	}
	return i;
}

static int
put_command(struct create *create, int argc, char *const argv[])
{
	struct json_object *list = json_object_new_array();
	struct json_object *word;
	int i;

	if (create_value_put(create->body, "Cmd", list) == -1)
		return -1;
	for (i = 0; i < argc; i++) {
		word = json_object_new_string(argv[i]);
		if (word == NULL || json_object_array_add(list, word) == -1) {
			json_object_put(word);
			return -1;
		}
	}
	return 0;
}

/* What is not said here would be Docker's default: another kind of container.
 */
static int
check_kind(const struct create *create, char why[ENGINE_WHY_MAX])
{
	if (create->is_detached && create->is_never_pulled &&
	    json_object_object_get_ex(create->host, "NetworkMode", NULL) &&
	    json_object_object_get_ex(create->host, "AutoRemove", NULL))
		return 0;
	return engine_fail(why, "run without all of --detach, --rm, --pull "
				"never and --network is Docker's own client's");
}

int
create_parse(struct create *create, int argc, char *const argv[],
    char why[ENGINE_WHY_MAX])
{
	int used;

	if (begin(create) == -1)
		return engine_fail(why, "no memory is left");
	used = parse_options(create, argc, argv, why);
	if (used == -1 || check_kind(create, why) == -1)
		return -1;
	if (used == argc || !name_is_image(argv[used]))
		return engine_fail(why, "the image is missing or no name");
	if (create_value_put(create->body, "Image",
		json_object_new_string(argv[used])) == -1 ||
	    (argc - used > 1 &&
		put_command(create, argc - used - 1, argv + used + 1) == -1))
		return engine_fail(why, "no memory is left");
	return 0;
}

void
create_finish(struct create *create)
{
	json_object_put(create->body);
	create->body = NULL;
	create->host = NULL;
}

const char *
create_text(const struct create *create)
{
	return json_object_to_json_string_ext(create->body,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
