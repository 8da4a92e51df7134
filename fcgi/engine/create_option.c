/* SPDX-License-Identifier: MIT */
/* The table of options: what each puts into the body, and where. */
#include "engine/create_option.h"

#include <json-c/json.h>
#include <string.h>

#include "engine/create_value.h"
#include "engine/name.h"

/* The only network but none: another container's. */
#define CONTAINER "container:"

static int
set_config_text(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return create_value_put(
	    create->body, key, json_object_new_string(value));
}

static int
set_host_text(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return create_value_put(
	    create->host, key, json_object_new_string(value));
}

/* Adds to the list of this name, which begins with the first. */
static int
append(struct json_object *object, const char *key, struct json_object *value)
{
	struct json_object *list = NULL;

	if (value == NULL)
		return -1;
	if (!json_object_object_get_ex(object, key, &list)) {
		list = json_object_new_array();
		if (create_value_put(object, key, list) == -1)
			goto fail;
	}
	if (json_object_array_add(list, value) == 0)
		return 0;
fail:
	json_object_put(value);
	return -1;
}

static int
append_host_text(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return append(create->host, key, json_object_new_string(value));
}

/* before, a separator, behind it: a member of the object of this name. */
static int
put_pair(struct json_object *object, const char *key, const char *text,
    char separator)
{
	const char *at = strchr(text, separator);
	struct json_object *pairs = NULL;
	char name[NAME_PATH_MAX];

	if (at == NULL || at == text || (size_t)(at - text) >= sizeof(name))
		return -1;
	memcpy(name, text, (size_t)(at - text));
	name[at - text] = '\0';
	if (!json_object_object_get_ex(object, key, &pairs)) {
		pairs = json_object_new_object();
		if (create_value_put(object, key, pairs) == -1)
			return -1;
	}
	return create_value_put(pairs, name, json_object_new_string(at + 1));
}

static int
put_label(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return put_pair(create->body, key, value, '=');
}

static int
put_tmpfs(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return value[0] == '/' ? put_pair(create->host, key, value, ':') : -1;
}

static int
set_name(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)key;
	(void)why;
	create->name = value;
	return name_is_container(value) ? 0 : -1;
}

static int
set_pull(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)key;
	(void)why;
	create->is_never_pulled = strcmp(value, "never") == 0;
	return create->is_never_pulled ? 0 : -1;
}

static int
set_network(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	if (strcmp(value, "none") != 0 &&
	    (strncmp(value, CONTAINER, strlen(CONTAINER)) != 0 ||
		!name_is_container(value + strlen(CONTAINER))))
		return -1;
	return set_host_text(create, key, value, why);
}

static int
set_log_driver(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	struct json_object *log = json_object_new_object();

	(void)why;
	if (create_value_put(create->host, key, log) == -1)
		return -1;
	return create_value_put(log, "Type", json_object_new_string(value));
}

static int
set_entrypoint(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	json_object_object_del(create->body, key);
	return append(create->body, key, json_object_new_string(value));
}

static int
set_size(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	int64_t bytes;

	(void)why;
	return create_value_size(value, &bytes) == -1
		   ? -1
		   : create_value_put(
			 create->host, key, json_object_new_int64(bytes));
}

static int
set_cpus(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	int64_t nano;

	(void)why;
	return create_value_cpus(value, &nano) == -1
		   ? -1
		   : create_value_put(
			 create->host, key, json_object_new_int64(nano));
}

static int
set_integer(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	int64_t number;

	(void)why;
	return create_value_integer(value, INT32_MIN, INT32_MAX, &number) == -1
		   ? -1
		   : create_value_put(
			 create->host, key, json_object_new_int64(number));
}

static int
append_ulimit(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return append(create->host, key, create_value_ulimit(value));
}

static int
append_mount(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	(void)why;
	return append(create->host, key, create_value_mount(value));
}

static int
append_security(struct create *create, const char *key, const char *value,
    char why[ENGINE_WHY_MAX])
{
	return append(create->host, key, create_value_security(value, why));
}

static int
raise_host(struct create *create, const char *key)
{
	return create_value_put(
	    create->host, key, json_object_new_boolean(true));
}

static int
raise_detach(struct create *create, const char *key)
{
	(void)key;
	create->is_detached = true;
	return 0;
}

static int
raise_no_init(struct create *create, const char *key)
{
	return create_value_put(
	    create->host, key, json_object_new_boolean(false));
}

static int
raise_no_healthcheck(struct create *create, const char *key)
{
	struct json_object *check = json_object_new_object();

	if (create_value_put(create->body, key, check) == -1)
		return -1;
	return append(check, "Test", json_object_new_string("NONE"));
}

/* In the order of supervisor/docker_args.c. */
static const struct create_option options[] = {
	{ "--detach", NULL, NULL, raise_detach },
	{ "--rm", "AutoRemove", NULL, raise_host },
	{ "--pull", NULL, set_pull, NULL },
	{ "--log-driver", "LogConfig", set_log_driver, NULL },
	{ "--no-healthcheck", "Healthcheck", NULL, raise_no_healthcheck },
	{ "--init=false", "Init", NULL, raise_no_init },
	{ "--runtime", "Runtime", set_host_text, NULL },
	{ "--name", NULL, set_name, NULL },
	{ "--label", "Labels", put_label, NULL },
	{ "--network", "NetworkMode", set_network, NULL },
	{ "--hostname", "Hostname", set_config_text, NULL },
	{ "--dns", "Dns", append_host_text, NULL },
	{ "--dns-search", "DnsSearch", append_host_text, NULL },
	{ "--ipc", "IpcMode", set_host_text, NULL },
	{ "--cgroupns", "CgroupnsMode", set_host_text, NULL },
	{ "--user", "User", set_config_text, NULL },
	{ "--cap-drop", "CapDrop", append_host_text, NULL },
	{ "--security-opt", "SecurityOpt", append_security, NULL },
	{ "--oom-score-adj", "OomScoreAdj", set_integer, NULL },
	{ "--read-only", "ReadonlyRootfs", NULL, raise_host },
	{ "--tmpfs", "Tmpfs", put_tmpfs, NULL },
	{ "--workdir", "WorkingDir", set_config_text, NULL },
	{ "--mount", "Mounts", append_mount, NULL },
	{ "--memory", "Memory", set_size, NULL },
	{ "--memory-swap", "MemorySwap", set_size, NULL },
	{ "--pids-limit", "PidsLimit", set_integer, NULL },
	{ "--cpus", "NanoCpus", set_cpus, NULL },
	{ "--ulimit", "Ulimits", append_ulimit, NULL },
	{ "--entrypoint", "Entrypoint", set_entrypoint, NULL },
};

const struct create_option *
create_option_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}
