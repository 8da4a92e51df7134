/* SPDX-License-Identifier: MIT */
/* Answers questions about a configuration that was loaded. */
#include <string.h>

#include "supervisor/config/config.h"

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

	/* As pool_init counts them: each language has one place at least. */
	for (i = 0; i < config->language_count; i++)
		slots += config->languages[i].ready_max > 0
			     ? config->languages[i].ready_max
			     : 1;
	return slots;
}

uint32_t
config_boxes(const struct config *config)
{
	return (config_has_holders(config) ? 2 : 1) * config_slots(config);
}

uint32_t
config_lease_max_ms(const struct config_language *row)
{
	return (row->compile[0] != '\0' ? 2 : 1) * row->timeout_max_ms;
}

uint32_t
config_longest_lease_ms(const struct config *config)
{
	uint32_t longest_ms = 0;
	uint32_t each_ms;
	uint32_t i;

	for (i = 0; i < config->language_count; i++) {
		each_ms = config_lease_max_ms(&config->languages[i]);
		longest_ms = each_ms > longest_ms ? each_ms : longest_ms;
	}
	return longest_ms;
}

uint32_t
config_find_language(const struct config *config, const char *name)
{
	uint32_t i;

	for (i = 0; i < config->language_count; i++) {
		if (strcmp(config->languages[i].name, name) == 0)
			return i;
	}
	return LANGUAGES_MAX;
}
