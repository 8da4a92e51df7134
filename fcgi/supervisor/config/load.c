/* SPDX-License-Identifier: MIT */
/* Reads and writes the configuration file as a whole; its defaults. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/config/schema.h"

#define CONFIG_FILE_BYTES_MAX (64 * 1024)

/* One line, whatever was in the file. */
static void
make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

void
config_set_defaults(struct config *config)
{
	char why[CONFIG_ERROR_MAX];

	memset(config, 0, sizeof(*config));
	/* A default that its own row refuses fails test_config.c. */
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		config_value_parse(
		    &config_keys[i], config_keys[i].preset, config, why);
	config_derive_paths(config, why);
	config_runtimes_begin(config);
	config_runtimes_finish(config);
}

/* The values of a file are there: the rest of the work. */
static int
finish_load(
    struct config *config, const char *name, char error[CONFIG_ERROR_MAX])
{
	char why[CONFIG_ERROR_MAX];

	config_runtimes_finish(config);
	if (config_derive_paths(config, why) == 0 &&
	    config_check(config, why) == 0)
		return 0;
	if (snprintf(error, CONFIG_ERROR_MAX, "%s: %s", name, why) < 0)
		error[0] = '\0';
	make_printable(error);
	return -1;
}

int
config_load_text(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX])
{
	config_set_defaults(config);
	/* They follow from run_dir, which the file may change. */
	memset(config->log_dir, 0, sizeof(config->log_dir));
	memset(config->responder, 0, sizeof(config->responder));
	memset(config->guest, 0, sizeof(config->guest));
	memset(config->seccomp_profile, 0, sizeof(config->seccomp_profile));
	memset(config->seccomp_fork_profile, 0,
	    sizeof(config->seccomp_fork_profile));
	memset(config->gate, 0, sizeof(config->gate));
	memset(config->docker_cli, 0, sizeof(config->docker_cli));
	config_runtimes_begin(config);
	if (config_read(config, name, text, error) == -1) {
		make_printable(error);
		return -1;
	}
	return finish_load(config, name, error);
}

/* The file's text, to be freed, or NULL with errno. */
static char *
read_file(const char *path, size_t *len)
{
	char *text = malloc(CONFIG_FILE_BYTES_MAX + 1);
	FILE *file = fopen(path, "re");

	if (text == NULL || file == NULL)
		goto fail;
	*len = fread(text, 1, CONFIG_FILE_BYTES_MAX, file);
	if (ferror(file))
		goto fail;
	if (*len == CONFIG_FILE_BYTES_MAX) {
		errno = EFBIG;
		goto fail;
	}
	fclose(file);
	text[*len] = '\0';
	return text;
fail:
	if (file != NULL)
		fclose(file);
	free(text);
	return NULL;
}

int
config_load(
    struct config *config, const char *path, char error[CONFIG_ERROR_MAX])
{
	size_t len;
	char *text = read_file(path, &len);
	int rc = -1;

	if (text == NULL) {
		snprintf(
		    error, CONFIG_ERROR_MAX, "%s: %s", path, strerror(errno));
		make_printable(error);
		return -1;
	}
	/* A NUL would hide the rest of the file from us. */
	if (strlen(text) == len) {
		rc = config_load_text(config, path, text, error);
	} else {
		snprintf(error, CONFIG_ERROR_MAX,
		    "%s: there is a NUL byte in the file", path);
		make_printable(error);
	}
	free(text);
	return rc;
}

void
config_print(const struct config *config, FILE *out)
{
	const char *section = "";

	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct config_key *key = &config_keys[i];

		if (strcmp(section, key->section) != 0) {
			section = key->section;
			fprintf(out, "%s[%s]\n", i == 0 ? "" : "\n", section);
		}
		fprintf(out, "# %s\n%s = ", key->help, key->name);
		config_value_print(key, config, out);
		fputc('\n', out);
	}
	config_runtimes_print(config, out);
}

bool
config_has_own_client(const struct config *config)
{
	const char *name = strrchr(config->docker_cli, '/');

	return name != NULL && strcmp(name, "/sce-docker") == 0;
}

bool
config_is_gvisor(const struct config *config)
{
	return strncmp(config->runtime, "runsc", strlen("runsc")) == 0;
}

bool
config_has_holders(const struct config *config)
{
	return config->network_holder && !config_is_gvisor(config);
}

uint32_t
config_slots(const struct config *config)
{
	uint32_t slots = config->running;
	uint32_t i;

	/* As pool_init counts them: one of each language has its place. */
	for (i = 0; i < config->runtime_count; i++)
		slots += config->runtimes[i].ready_max > 0
			     ? config->runtimes[i].ready_max
			     : 1;
	return slots;
}

uint32_t
config_boxes(const struct config *config)
{
	return (config_has_holders(config) ? 2 : 1) * config_slots(config);
}

uint32_t
config_lease_max_ms(const struct config_runtime *row)
{
	return (row->compile[0] != '\0' ? 2 : 1) * row->timeout_max_ms;
}

uint32_t
config_longest_lease_ms(const struct config *config)
{
	uint32_t longest_ms = 0;
	uint32_t each_ms;
	uint32_t i;

	for (i = 0; i < config->runtime_count; i++) {
		each_ms = config_lease_max_ms(&config->runtimes[i]);
		longest_ms = each_ms > longest_ms ? each_ms : longest_ms;
	}
	return longest_ms;
}
