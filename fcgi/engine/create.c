/* SPDX-License-Identifier: MIT */
/*
 * From argv to the body of POST /containers/create: the values of options, how
 * each gets into the body, the table of options, and the command line as a
 * whole.
 */
#include "engine/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

#define DIGITS "0123456789"
#define NANO_DIGITS 9
#define PATH_LEN_MAX 4096
/* The only network but none: another container's. */
#define CONTAINER "container:"
#define SECCOMP "seccomp="
#define PROFILE_MAX (256 * 1024)

/* Adds value, which it takes, also when it fails. 0, or -1: value is NULL, or
 * no memory is left. */
static int
put(struct json_object *object, const char *key, struct json_object *value)
{
	if (value != NULL && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -1;
}

/* The same for the list of this name, which begins with the first value. */
static int
append(struct json_object *object, const char *key, struct json_object *value)
{
	struct json_object *list = NULL;

	if (value == NULL)
		return -1;
	if (!json_object_object_get_ex(object, key, &list)) {
		list = json_object_new_array();
		if (put(object, key, list) == -1)
			goto fail;
	}
	if (json_object_array_add(list, value) == 0)
		return 0;
fail:
	json_object_put(value);
	return -1;
}

/* --- values: JSON, or NULL if text is none, or no memory is left ---------- */

static struct json_object *
make_text(const char *text)
{
	return json_object_new_string(text);
}

static struct json_object *
make_true(const char *text)
{
	(void)text;
	return json_object_new_boolean(true);
}

static struct json_object *
make_false(const char *text)
{
	(void)text;
	return json_object_new_boolean(false);
}

/* An object with one member, which it takes. */
static struct json_object *
wrap(const char *key, struct json_object *value)
{
	struct json_object *object = json_object_new_object();

	if (object != NULL && put(object, key, value) == 0)
		return object;
	if (object == NULL)
		json_object_put(value);
	json_object_put(object);
	return NULL;
}

static struct json_object *
make_list(const char *text)
{
	struct json_object *list = json_object_new_array();
	struct json_object *item = json_object_new_string(text);

	if (list != NULL && item != NULL &&
	    json_object_array_add(list, item) == 0)
		return list;
	json_object_put(item);
	json_object_put(list);
	return NULL;
}

static struct json_object *
make_no_healthcheck(const char *text)
{
	(void)text;
	return wrap("Test", make_list("NONE"));
}

static struct json_object *
make_log_driver(const char *text)
{
	return wrap("Type", make_text(text));
}

static struct json_object *
make_network(const char *text)
{
	if (strcmp(text, "none") != 0 &&
	    (strncmp(text, CONTAINER, strlen(CONTAINER)) != 0 ||
		!name_is_container(text + strlen(CONTAINER))))
		return NULL;
	return make_text(text);
}

/* Digits alone: none of strtoll's blanks and signs. */
static int
parse_digits(const char *text, size_t len, int64_t *number)
{
	size_t i;

	*number = 0;
	for (i = 0; i < len; i++) {
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, text[i] - '0', number))
			return -1;
	}
	return len > 0 ? 0 : -1;
}

static int
parse_integer(const char *text, int64_t min, int64_t max, int64_t *number)
{
	bool is_negative = text[0] == '-';
	const char *digits = text + is_negative;

	if (digits[strspn(digits, DIGITS)] != '\0' ||
	    parse_digits(digits, strlen(digits), number) == -1)
		return -1;
	if (is_negative)
		*number = -*number;
	return *number >= min && *number <= max ? 0 : -1;
}

static struct json_object *
make_integer(const char *text)
{
	int64_t number;

	if (parse_integer(text, INT32_MIN, INT32_MAX, &number) == -1)
		return NULL;
	return json_object_new_int64(number);
}

/* 134217728, 32m, 1g: bytes. */
static struct json_object *
make_size(const char *text)
{
	static const char units[] = "kmg";
	size_t len = strspn(text, DIGITS);
	const char *unit;
	int64_t bytes;
	int shift = 0;

	if (parse_digits(text, len, &bytes) == -1)
		return NULL;
	if (text[len] != '\0') {
		unit = strchr(units, text[len] | 0x20);
		if (unit == NULL || text[len + 1] != '\0')
			return NULL;
		shift = 10 * (int)(unit - units + 1);
	}
	if (__builtin_mul_overflow(bytes, (int64_t)1 << shift, &bytes))
		return NULL;
	return json_object_new_int64(bytes);
}

/* 0.500: billionths of a core. */
static struct json_object *
make_cpus(const char *text)
{
	size_t whole = strspn(text, DIGITS);
	const char *part = text + whole + (text[whole] == '.');
	size_t places = strspn(part, DIGITS);
	int64_t fraction = 0;
	int64_t nano;
	size_t i;

	if (places > NANO_DIGITS || part[places] != '\0' ||
	    parse_digits(text, whole, &nano) == -1 ||
	    (places > 0 && parse_digits(part, places, &fraction) == -1))
		return NULL;
	for (i = 0; i < NANO_DIGITS; i++) {
		if (__builtin_mul_overflow(nano, 10, &nano))
			return NULL;
		fraction *= i >= places ? 10 : 1;
	}
	if (__builtin_add_overflow(nano, fraction, &nano))
		return NULL;
	return json_object_new_int64(nano);
}

/* nofile=256:512, the soft limit first. */
static struct json_object *
make_ulimit(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	const char *soft_text = text + len + 1;
	struct json_object *limit;
	int64_t soft;
	int64_t hard;
	size_t n;

	if (len < 1 || text[len] != '=')
		return NULL;
	n = strspn(soft_text, DIGITS);
	if (soft_text[n] != ':' || parse_digits(soft_text, n, &soft) == -1 ||
	    parse_integer(soft_text + n + 1, 0, INT64_MAX, &hard) == -1 ||
	    soft > hard)
		return NULL;
	limit = wrap("Name", json_object_new_string_len(text, (int)len));
	if (limit != NULL &&
	    put(limit, "Hard", json_object_new_int64(hard)) == 0 &&
	    put(limit, "Soft", json_object_new_int64(soft)) == 0)
		return limit;
	json_object_put(limit);
	return NULL;
}

static int
put_mount_field(struct json_object *mount, const char *field)
{
	if (strcmp(field, "type=bind") == 0)
		return put(mount, "Type", make_text("bind"));
	if (strncmp(field, "src=/", 5) == 0)
		return put(mount, "Source", make_text(field + 4));
	if (strncmp(field, "dst=/", 5) == 0)
		return put(mount, "Target", make_text(field + 4));
	if (strcmp(field, "readonly") == 0)
		return put(mount, "ReadOnly", make_true(NULL));
	return -1;
}

/* type=bind,src=/a,dst=/b,readonly: all four fields, so that each mount is
 * read-only. Docker reads it as CSV, where quotes would mean something. */
static struct json_object *
make_mount(const char *text)
{
	struct json_object *mount = json_object_new_object();
	char copy[2 * PATH_LEN_MAX];
	size_t len = strlen(text);
	char *rest = copy;
	char *field;

	if (mount == NULL || len >= sizeof(copy) || strchr(text, '"') != NULL)
		goto fail;
	memcpy(copy, text, len + 1);
	while ((field = strsep(&rest, ",")) != NULL) {
		if (put_mount_field(mount, field) == -1)
			goto fail;
	}
	if (json_object_object_length(mount) == 4)
		return mount;
fail:
	json_object_put(mount);
	return NULL;
}

/* Into text, of less than size - 1 bytes. 0, or -1 with errno. */
static int
read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd == -1)
		return -1;
	while (n > 0 && len < size - 1) {
		n = read(fd, text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	fd_close(&fd);
	text[len] = '\0';
	if (n > 0 || (n == 0 && strlen(text) != len)) {
		errno = n > 0 ? EFBIG : EINVAL;
		return -1;
	}
	return n == -1 ? -1 : 0;
}

static bool
is_json(const char *text)
{
	struct json_object *value = json_tokener_parse(text);
	bool is_object = json_object_is_type(value, json_type_object);

	json_object_put(value);
	return is_object;
}

/* In place: blanks between the tokens of JSON go, those in strings stay. */
static void
compact(char *text)
{
	bool is_string = false;
	char *to = text;

	for (; *text != '\0'; text++) {
		if (!is_string && strchr(" \t\r\n", *text) != NULL)
			continue;
		*to++ = *text;
		if (is_string && *text == '\\' && text[1] != '\0')
			*to++ = *++text;
		else if (*text == '"')
			is_string = !is_string;
	}
	*to = '\0';
}

/* seccomp= and the profile itself, without blanks. NULL with why. */
static struct json_object *
make_seccomp(const char *path, char why[ENGINE_WHY_MAX])
{
	const size_t prefix = strlen(SECCOMP);
	struct json_object *option = NULL;
	char *text = malloc(prefix + PROFILE_MAX);

	if (text == NULL) {
		(void)engine_fail(why, "no memory is left");
	} else if (read_file(path, text + prefix, PROFILE_MAX) == -1) {
		(void)engine_fail(
		    why, "seccomp profile %s: %s", path, strerror(errno));
	} else if (!is_json(text + prefix)) {
		(void)engine_fail(why, "seccomp profile %s is no JSON", path);
	} else {
		memcpy(text, SECCOMP, prefix);
		compact(text + prefix);
		option = json_object_new_string(text);
	}
	free(text);
	return option;
}

/* --- options -------------------------------------------------------------- */

struct option {
	const char *name; /* as it is written, with its dashes */
	bool has_value;
	/* 0, or -1: value, NULL for a flag, is none of this option's, and
	 * create->why may say more than that. */
	int (*apply)(struct create *create, const struct option *option,
	    const char *value);
	const char *key; /* of the member that it becomes; NULL: of none */
	struct json_object *(*make)(const char *text); /* that member */
};

static int
put_body(struct create *create, const struct option *option, const char *value)
{
	return put(create->body, option->key, option->make(value));
}

static int
put_host(struct create *create, const struct option *option, const char *value)
{
	return put(create->host, option->key, option->make(value));
}

static int
append_host(
    struct create *create, const struct option *option, const char *value)
{
	return append(create->host, option->key, option->make(value));
}

/* The text before a separator names a member of the object of this name; the
 * text after it is that member. */
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
		if (put(object, key, pairs) == -1)
			return -1;
	}
	return put(pairs, name, make_text(at + 1));
}

static int
put_label(struct create *create, const struct option *option, const char *value)
{
	return put_pair(create->body, option->key, value, '=');
}

static int
put_tmpfs(struct create *create, const struct option *option, const char *value)
{
	return value[0] == '/' ? put_pair(create->host, option->key, value, ':')
			       : -1;
}

static int
append_security(
    struct create *create, const struct option *option, const char *value)
{
	(void)engine_fail(
	    create->why, "--security-opt %s is not known here", value);
	if (strncmp(value, SECCOMP "/", strlen(SECCOMP "/")) == 0)
		return append(create->host, option->key,
		    make_seccomp(value + strlen(SECCOMP), create->why));
	if (strcmp(value, "no-new-privileges:true") == 0 ||
	    strcmp(value, "apparmor=unconfined") == 0)
		return append(create->host, option->key, make_text(value));
	return -1;
}

static int
set_name(struct create *create, const struct option *option, const char *value)
{
	(void)option;
	create->name = value;
	return name_is_container(value) ? 0 : -1;
}

static int
set_pull(struct create *create, const struct option *option, const char *value)
{
	(void)option;
	create->is_never_pulled = strcmp(value, "never") == 0;
	return create->is_never_pulled ? 0 : -1;
}

static int
set_detach(
    struct create *create, const struct option *option, const char *value)
{
	(void)option;
	(void)value;
	create->is_detached = true;
	return 0;
}

/* In the order of supervisor/docker/args.c. */
static const struct option options[] = {
	{ "--detach", false, set_detach, NULL, NULL },
	{ "--rm", false, put_host, "AutoRemove", make_true },
	{ "--pull", true, set_pull, NULL, NULL },
	{ "--log-driver", true, put_host, "LogConfig", make_log_driver },
	{ "--no-healthcheck", false, put_body, "Healthcheck",
	    make_no_healthcheck },
	{ "--init=false", false, put_host, "Init", make_false },
	{ "--runtime", true, put_host, "Runtime", make_text },
	{ "--name", true, set_name, NULL, NULL },
	{ "--label", true, put_label, "Labels", NULL },
	{ "--network", true, put_host, "NetworkMode", make_network },
	{ "--hostname", true, put_body, "Hostname", make_text },
	{ "--dns", true, append_host, "Dns", make_text },
	{ "--dns-search", true, append_host, "DnsSearch", make_text },
	{ "--ipc", true, put_host, "IpcMode", make_text },
	{ "--cgroupns", true, put_host, "CgroupnsMode", make_text },
	{ "--user", true, put_body, "User", make_text },
	{ "--cap-drop", true, append_host, "CapDrop", make_text },
	{ "--security-opt", true, append_security, "SecurityOpt", NULL },
	{ "--oom-score-adj", true, put_host, "OomScoreAdj", make_integer },
	{ "--read-only", false, put_host, "ReadonlyRootfs", make_true },
	{ "--tmpfs", true, put_tmpfs, "Tmpfs", NULL },
	{ "--workdir", true, put_body, "WorkingDir", make_text },
	{ "--mount", true, append_host, "Mounts", make_mount },
	{ "--memory", true, put_host, "Memory", make_size },
	{ "--memory-swap", true, put_host, "MemorySwap", make_size },
	{ "--pids-limit", true, put_host, "PidsLimit", make_integer },
	{ "--cpus", true, put_host, "NanoCpus", make_cpus },
	{ "--ulimit", true, append_host, "Ulimits", make_ulimit },
	{ "--entrypoint", true, put_body, "Entrypoint", make_list },
};

/* NULL if there is no such option. */
static const struct option *
find_option(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

/* --- the whole ------------------------------------------------------------ */

/* The members that docker's client sends unasked, as far as inspect shows
 * them. */
static int
begin(struct create *create, char why[ENGINE_WHY_MAX])
{
	memset(create, 0, sizeof(*create));
	create->why = why;
	create->body = json_object_new_object();
	if (create->body == NULL)
		return -1;
	create->host = json_object_new_object();
	if (put(create->body, "HostConfig", create->host) == -1)
		return -1;
	return put(
	    create->host, "RestartPolicy", wrap("Name", make_text("no")));
}

/* The options before the image. How many words they are, or -1 with why. */
static int
parse_options(struct create *create, int argc, char *const argv[])
{
	const struct option *option;
	const char *value;
	int i;

	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		value = NULL;
		option = find_option(argv[i]);
		if (option == NULL)
			return engine_fail(
			    create->why, "unknown option: %s", argv[i]);
		(void)engine_fail(create->why, "no memory is left");
		if (option->has_value) {
			if (++i == argc)
				return engine_fail(create->why,
				    "%s wants a value", option->name);
			value = argv[i];
			(void)engine_fail(create->why,
			    "invalid value \"%s\" for %s", value, option->name);
		}
		if (option->apply(create, option, value) == -1)
			return -1;
	}
	return i;
}

static int
put_command(struct create *create, int argc, char *const argv[])
{
	int i;

	for (i = 0; i < argc; i++) {
		if (append(create->body, "Cmd", make_text(argv[i])) == -1)
			return -1;
	}
	return 0;
}

/* Without one of these Docker's default would make another kind of container.
 */
static int
check_kind(const struct create *create)
{
	if (create->is_detached && create->is_never_pulled &&
	    json_object_object_get_ex(create->host, "NetworkMode", NULL) &&
	    json_object_object_get_ex(create->host, "AutoRemove", NULL))
		return 0;
	return engine_fail(create->why,
	    "run without all of --detach, --rm, --pull never and --network is "
	    "Docker's own client's");
}

int
create_parse(struct create *create, int argc, char *const argv[],
    char why[ENGINE_WHY_MAX])
{
	int used;

	if (begin(create, why) == -1)
		return engine_fail(why, "no memory is left");
	used = parse_options(create, argc, argv);
	if (used == -1 || check_kind(create) == -1)
		return -1;
	if (used == argc || !name_is_image(argv[used]))
		return engine_fail(why, "the image is missing or no name");
	if (put(create->body, "Image", make_text(argv[used])) == -1 ||
	    put_command(create, argc - used - 1, argv + used + 1) == -1)
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
