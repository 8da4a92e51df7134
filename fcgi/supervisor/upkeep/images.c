/* SPDX-License-Identifier: MIT */
/*
 * The images that the languages' names stand for. Sandboxes are started by ID,
 * so that a new image under an old name is noticed, and sandboxes that wait
 * with the old one are replaced. Without Python's image there is no service;
 * without another image there is no such language until the image is there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/upkeep/upkeep.h"

/* Goes from one language to the next; each takes one short client. */
static void
inspect_from(struct supervisor *sup, uint32_t language)
{
	for (; language < sup->config.language_count; language++) {
		sup->inspected = language;
		if (docker_inspect_image(
			&sup->docker, &sup->inspector, language) == 0)
			return;
		log_warning(strerror(errno), "image-not-looked-up");
	}
}

void
images_begin(struct supervisor *sup)
{
	if (sup->inspector.pid == -1)
		inspect_from(sup, 0);
}

/* Replaces the sandboxes that wait with the old image. */
static void
replace_waiting(struct supervisor *sup, uint32_t language)
{
	uint32_t i;

	for (i = 0; i < sup->pool.slot_count; i++) {
		if (language == 0) /* networks are of that image */
			network_wear(sup, i);
		if (sup->pool.slots[i].language != language)
			continue;
		sup->boxes[i].is_last_run = true;
		if (sup->pool.slots[i].state == SLOT_READY ||
		    sup->pool.slots[i].state == SLOT_STARTING)
			ending_begin(sup, i);
	}
}

static void
take_id(struct supervisor *sup, uint32_t language, int status)
{
	const struct config_language *row = &sup->config.languages[language];
	struct pool_stock *stock = &sup->pool.stock[language];
	char output[DOCKER_OUTPUT_MAX];
	char id[DOCKER_IMAGE_ID_MAX];

	docker_client_end(&sup->inspector, output, sizeof(output));
	if (status != 0 || docker_parse_image_id(output, id) == -1) {
		/* An image that was missing already has been logged. */
		if (!stock->is_missing)
			log_warning(output,
			    "image-not-found runtime=%s "
			    "image=%s",
			    row->name, row->image);
		return;
	}
	stock->is_missing = false;
	if (strcmp(id, sup->docker.image_ids[language]) == 0)
		return;
	log_notice(NULL, "image-changed runtime=%s id=%s", row->name, id);
	memcpy(sup->docker.image_ids[language], id, sizeof(id));
	replace_waiting(sup, language);
}

bool
images_on_exit(struct supervisor *sup, pid_t pid, int status)
{
	if (pid != sup->inspector.pid)
		return false;
	take_id(sup, sup->inspected, status);
	inspect_from(sup, sup->inspected + 1);
	return true;
}

/* 0, or -1: the image is not there, with what Docker says. */
static int
find_one(struct supervisor *sup, uint32_t language, char *output, size_t size)
{
	struct docker_client client;
	int status;

	if (docker_inspect_image(&sup->docker, &client, language) == -1) {
		(void)snprintf(output, size, "%s", strerror(errno));
		return -1;
	}
	status = docker_wait(&client);
	docker_client_end(&client, output, size);
	if (status != 0)
		return -1;
	return docker_parse_image_id(output, sup->docker.image_ids[language]);
}

int
images_find(struct supervisor *sup)
{
	const struct config_language *row = sup->config.languages;
	char output[DOCKER_OUTPUT_MAX];
	uint32_t i;

	if (access(sup->config.docker_cli, X_OK) == -1) {
		log_error(strerror(errno), "docker-missing docker_cli=%s",
		    sup->config.docker_cli);
		return -1;
	}
	for (i = 0; i < sup->config.language_count; i++, row++) {
		if (find_one(sup, i, output, sizeof(output)) == 0)
			continue;
		if (strstr(output, "No such image") == NULL) {
			log_error(output, "docker-does-not-answer");
			return -1;
		}
		if (i == 0) {
			log_error("it is missing: make it with `make image` or "
				  "sce-make-image",
			    "image-not-found image=%s", row->image);
			return -1;
		}
		log_warning("it is missing: until it is made, this language is "
			    "refused",
		    "image-not-found runtime=%s image=%s", row->name,
		    row->image);
		sup->pool.stock[i].is_missing = true;
	}
	return 0;
}
