/* SPDX-License-Identifier: MIT */
/*
 * The table of languages, a section [language NAME] or [runtime NAME] a row.
 * The first is python, whether there is a section or not. Keys that a section
 * leaves out are taken from [docker], [pool] and [limits] after the whole file
 * was read.
 */
#include <string.h>

#include "supervisor/config/schema.h"

#define PYTHON "python"
#define PYTHON_ALIASES "py,py3,python3,python3.11"
#define FORK_COMMAND "python3.11"
/* tmpfs may take one part in so many of the memory limit. */
#define TMPFS_SHARE 4
/* A bit of given, above those of keys: the section was spelled so last. */
#define GIVEN_AS_LANGUAGE (1U << CONFIG_LANGUAGE_KEYS)

/* The first word of a row's section, for sentences. */
static const char *
section_word(const struct config_language *row)
{
	return (row->given & GIVEN_AS_LANGUAGE) != 0 ? "language" : "runtime";
}

const char *
config_language_in(const char *section)
{
	size_t len = strcspn(section, " ") + 1;

	return strncmp(section, "language ", len) == 0 ||
		       strncmp(section, "runtime ", len) == 0
		   ? section + len
		   : NULL;
}

static struct config_language *
add_row(struct config *config, const char *name, size_t len)
{
	struct config_language
	    *row = &config->languages[config->language_count++];
	char why[CONFIG_ERROR_MAX];

	memcpy(row->name, name, len);
	for (size_t i = 0; i < CONFIG_LANGUAGE_KEYS; i++) {
		if (config_language_keys[i].preset != NULL)
			config_value_parse(&config_language_keys[i],
			    config_language_keys[i].preset, row, why);
	}
	return row;
}

void
config_languages_begin(struct config *config)
{
	struct config_language *python;

	memset(config->languages, 0, sizeof(config->languages));
	config->language_count = 0;
	python = add_row(config, PYTHON, strlen(PYTHON));
	memcpy(python->aliases, PYTHON_ALIASES, sizeof(PYTHON_ALIASES));
}

struct config_language *
config_languages_open(struct config *config, const char *section, size_t len,
    char why[CONFIG_ERROR_MAX])
{
	const char *name = config_language_in(section);
	const char *word = section[0] == 'l' ? "language" : "runtime";
	char copy[LANGUAGE_NAME_MAX] = "";
	struct config_language *row;
	uint32_t found;

	if (!config_is_language_name(name, len)) {
		config_fail(why,
		    "a %s's name is of 1 to %d of a-z0-9.+_- and begins "
		    "with a letter or a digit",
		    word, LANGUAGE_NAME_MAX - 1);
		return NULL;
	}
	memcpy(copy, name, len);
	found = config_find_language(config, copy);
	if (found == LANGUAGES_MAX && config->language_count == LANGUAGES_MAX) {
		config_fail(why, "there may be %d %ss, python among them",
		    LANGUAGES_MAX, word);
		return NULL;
	}
	row = found < LANGUAGES_MAX ? &config->languages[found]
				    : add_row(config, copy, len);
	row->given &= ~GIVEN_AS_LANGUAGE;
	if (section[0] == 'l')
		row->given |= GIVEN_AS_LANGUAGE;
	return row;
}

static bool
is_given(const struct config_language *row, const char *key)
{
	return (row->given >>
		       (config_language_key_find(key) - config_language_keys) &
		   1) != 0;
}

/* A ready_max below ready means ready, as in [pool]. */
static void
finish_stock(const struct config *config, struct config_language *row)
{
	bool is_python = row == config->languages;

	if (is_python && !is_given(row, "preload"))
		memcpy(row->preload, config->preload, sizeof(row->preload));
	if (is_python && !is_given(row, "ready_max") && !is_given(row, "ready"))
		row->ready_max = config->ready_max;
	if (is_python && !is_given(row, "ready"))
		row->ready = config->ready;
	if (row->ready_max < row->ready)
		row->ready_max = row->ready;
}

/* Copies what is not given from keys of that name in [limits] and [docker]. */
static void
inherit(const struct config *config, struct config_language *row)
{
	for (size_t i = 0; i < CONFIG_LANGUAGE_KEYS; i++) {
		const struct config_key *key = &config_language_keys[i];
		const struct config_key *from = config_key_find(
		    "limits", key->name);

		if (from == NULL)
			from = config_key_find("docker", key->name);
		if (from != NULL && !is_given(row, key->name))
			memcpy((char *)row + key->offset,
			    (const char *)config + from->offset, key->width);
	}
}

void
config_languages_finish(struct config *config)
{
	uint32_t i;

	for (i = 0; i < config->language_count; i++) {
		inherit(config, &config->languages[i]);
		finish_stock(config, &config->languages[i]);
	}
}

/* tmpfs pages outlive the process that an OOM kill ends, hence a share. */
static int
check_limits(const struct config *config, const struct config_language *row,
    char error[CONFIG_ERROR_MAX])
{
	uint64_t total = config->box_bytes + config->tmp_bytes +
			 config->shm_bytes;
	uint64_t share = row->memory_bytes / TMPFS_SHARE;
	char who[LANGUAGE_NAME_MAX + 16] = "";
	char is[32];
	char may_be[32];

	/* python's limits are usually those of [limits]. */
	if (row != config->languages)
		snprintf(who, sizeof(who), "[%s %.*s]: ", section_word(row),
		    LANGUAGE_NAME_MAX - 1, row->name);
	if (row->timeout_ms > row->timeout_max_ms)
		return config_fail(error,
		    "%stimeout must not be longer than timeout_max", who);
	if (row->ready == 0 &&
	    (config->queue == 0 || config->queue_wait_ms == 0))
		return config_fail(error,
		    "%sready = 0 needs a queue to wait in for a start: "
		    "queue and queue_wait must not be 0",
		    who);
	if (total <= share)
		return 0;
	config_number_format(CONFIG_SIZE, total, is, sizeof(is));
	config_number_format(CONFIG_SIZE, share, may_be, sizeof(may_be));
	return config_fail(error,
	    "%sbox_size, tmp_size and shm_size are %s together; "
	    "they may be a quarter of memory, %s",
	    who, is, may_be);
}

/* Counts the names and aliases that are this one. */
static uint32_t
count_name(const struct config *config, const char *name)
{
	char aliases[CONFIG_STRING_MAX];
	char *rest;
	char *alias;
	uint32_t times = 0;
	uint32_t i;

	for (i = 0; i < config->language_count; i++) {
		times += strcmp(config->languages[i].name, name) == 0;
		config_list_compact(config->languages[i].aliases, aliases);
		rest = aliases;
		while ((alias = strsep(&rest, ",")) != NULL)
			times += strcmp(alias, name) == 0;
	}
	return times;
}

/* Checks that no other row has one of this row's names. */
static int
check_names(const struct config *config, const struct config_language *row,
    char error[CONFIG_ERROR_MAX])
{
	char names[CONFIG_STRING_MAX + LANGUAGE_NAME_MAX];
	char *rest = names;
	char *name;

	(void)snprintf(names, sizeof(names), "%.*s,%.*s", CONFIG_STRING_MAX - 1,
	    row->aliases, LANGUAGE_NAME_MAX - 1, row->name);
	config_list_compact(names, names);
	while ((name = strsep(&rest, ",")) != NULL) {
		if (count_name(config, name) != 1)
			return config_fail(error,
			    "[%s %s]: the %s %s is there twice",
			    section_word(row), row->name,
			    rest == NULL ? "name" : "alias", name);
	}
	return 0;
}

int
config_languages_check(
    const struct config *config, char error[CONFIG_ERROR_MAX])
{
	const struct config_language *row = config->languages;
	uint32_t slots = config_slots(config);
	uint32_t i;

	if (row->ready == 0)
		return config_fail(error,
		    "[%s python]: ready must not be 0, for "
		    "its sandboxes tell how the service is",
		    section_word(row));
	for (i = 0; i < config->language_count; i++, row++) {
		if (check_limits(config, row, error) == -1 ||
		    check_names(config, row, error) == -1)
			return -1;
		if (config->fork && (strcmp(row->command, FORK_COMMAND) != 0 ||
					row->compile[0] != '\0'))
			return config_fail(error,
			    "[%s %s]: isolation = fork is for Python "
			    "only: command must be " FORK_COMMAND
			    ", with nothing to compile",
			    section_word(row), row->name);
	}
	if (slots > POOL_SLOTS_MAX)
		return config_fail(error,
		    "running and the ready_max of all runtimes are %u "
		    "together; they may be %d",
		    slots, POOL_SLOTS_MAX);
	return 0;
}
