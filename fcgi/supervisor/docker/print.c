/* SPDX-License-Identifier: MIT */
/* The command of a sandbox's start, for people, as a shell takes it. */
#include <string.h>
#include <unistd.h>

#include "supervisor/docker/args.h"
#include "supervisor/docker/client.h"

/* As the distribution installs it: others on PATH may be of other versions. */
#define DOCKER "/usr/bin/docker"

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"       \
	"/._-=:,+@%"

static void
print_quoted(const char *word, FILE *out)
{
	if (word[0] != '\0' && word[strspn(word, PLAIN)] == '\0') {
		(void)fputs(word, out);
		return;
	}
	(void)fputc('\'', out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			(void)fputs("'\\''", out);
		else
			(void)fputc(*word, out);
	}
	(void)fputc('\'', out);
}

/* An option begins a line; what is not one stays behind it. */
static void
print_words(const struct docker_args *args, FILE *out)
{
	size_t i;

	for (i = 0; i < args->count; i++) {
		if (i > 0)
			(void)fputs(
			    args->argv[i][0] == '-' ? " \\\n    " : " ", out);
		print_quoted(args->argv[i], out);
	}
	(void)fputc('\n', out);
}

int
docker_print_run(const struct docker *docker, uint32_t runtime, FILE *out)
{
	struct docker_args args = { .count = 0 };
	char dir[CONFIG_STRING_MAX + 32];
	struct docker_box box = { .name = "sce-0-0-0",
		.dir = dir,
		.uid = docker->config->uid_base,
		.runtime = runtime };

	(void)snprintf(
	    dir, sizeof(dir), "%s/slots/0-0-0", docker->config->run_dir);
	docker_args_run(&args, docker, &box);
	if (args.failed)
		return -1;
	/* People have docker, which knows the same options and more. */
	if (config_has_own_client(docker->config))
		args.argv[0] = access(DOCKER, X_OK) == 0 ? DOCKER : "docker";
	if (docker->config->docker_host[0] != '\0') {
		(void)fputs("DOCKER_HOST=", out);
		print_quoted(docker->config->docker_host, out);
		(void)fputc(' ', out);
	}
	print_words(&args, out);
	return fflush(out) == 0 ? 0 : -1;
}
