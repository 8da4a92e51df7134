/* SPDX-License-Identifier: MIT */
/* Reads and writes the configuration file as a whole; its defaults. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/config/schema.h"

#define CONFIG_FILE_BYTES_MAX (64 * 1024)

_Static_assert(sizeof(struct config) < 64 * 1024, "sced.conf(5) says so");

/* Paths that are in the run directory unless a file says otherwise. */
static const struct {
	size_t offset;
	const char *suffix;
} derived[] = {
	{ offsetof(struct config, log_dir), "/logs" },
	{ offsetof(struct config, responder), "/bin/sce-responder" },
	{ offsetof(struct config, guest), "/bin/sce-guest" },
	{ offsetof(struct config, docker_cli), "/bin/sce-docker" },
	{ offsetof(struct config, gate), "/bin/sce-gate.so" },
	{ offsetof(struct config, seccomp_profile), "/share/seccomp.json" },
	{ offsetof(struct config, seccomp_fork_profile),
	    "/share/seccomp-fork.json" },
};

/* Fills derived paths that are still empty. 0, or -1: one would be too long. */
static int
derive_paths(struct config *config, char why[CONFIG_ERROR_MAX])
{
	size_t dir_len = strlen(config->run_dir);

	for (size_t i = 0; i < sizeof(derived) / sizeof(*derived); i++) {
		char *path = (char *)config + derived[i].offset;

		if (path[0] != '\0')
			continue;
		if (dir_len + strlen(derived[i].suffix) >= CONFIG_STRING_MAX)
			return config_fail(why, "run_dir is too long");
		(void)stpcpy(stpcpy(path, config->run_dir), derived[i].suffix);
	}
	return 0;
}

/* Sets the defaults of config_keys, but no path yet that is derived. */
static void
set_presets(struct config *config)
{
	char why[CONFIG_ERROR_MAX];

	memset(config, 0, sizeof(*config));
	/* A default that its own row refuses fails test_config.c. */
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		config_value_parse(
		    &config_keys[i], config_keys[i].preset, config, why);
	config_languages_begin(config);
}

/* Completes and checks a configuration after its file, if any, was read. 0, or
 * -1 with the sentence in why. */
static int
finish(struct config *config, char why[CONFIG_ERROR_MAX])
{
	int rc = -1;

	config_languages_finish(config);
	if (derive_paths(config, why) == 0)
		rc = config_check(config, why);
	for (uint32_t i = 0; i < config->language_count; i++)
		config->languages[i].given = 0;
	return rc;
}

void
config_set_defaults(struct config *config)
{
	char why[CONFIG_ERROR_MAX];

	set_presets(config);
	finish(config, why);
}

/* Writes "NAME: SENTENCE", or keeps error if name is NULL, as one printable
 * line. Always -1. */
static int
fail_load(const char *name, const char *sentence, char error[CONFIG_ERROR_MAX])
{
	if (name != NULL &&
	    snprintf(error, CONFIG_ERROR_MAX, "%s: %s", name, sentence) < 0)
		error[0] = '\0';
	for (; *error != '\0'; error++) {
		if ((unsigned char)*error < ' ' || *error == 0x7f)
			*error = '?';
	}
	return -1;
}

int
config_load_text(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX])
{
	char why[CONFIG_ERROR_MAX];

	set_presets(config);
	if (config_read(config, name, text, error) == -1)
		return fail_load(NULL, NULL, error);
	if (finish(config, why) == -1)
		return fail_load(name, why, error);
	return 0;
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
	int rc;

	if (text == NULL)
		return fail_load(path, strerror(errno), error);
	/* A NUL would hide the rest of the file. */
	if (strlen(text) == len)
		rc = config_load_text(config, path, text, error);
	else
		rc = fail_load(path, "there is a NUL byte in the file", error);
	free(text);
	return rc;
}

static void
print_key(const struct config_key *key, const void *base, FILE *out)
{
	fprintf(out, "# %s\n%s = ", key->help, key->name);
	config_value_print(key, base, out);
	fputc('\n', out);
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
		print_key(key, config, out);
	}
	for (uint32_t row = 0; row < config->language_count; row++) {
		fprintf(out, "\n[runtime %s]\n", config->languages[row].name);
		for (size_t i = 0; i < CONFIG_LANGUAGE_KEYS; i++)
			print_key(&config_language_keys[i],
			    &config->languages[row], out);
	}
}
