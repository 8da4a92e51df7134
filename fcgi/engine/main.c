/* SPDX-License-Identifier: MIT */
/*
 * sce-docker: words in, one of the commands run, kill, rm, ps and image
 * inspect, each as docker does it, an exit status out.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "engine/call.h"
#include "engine/engine.h"

/* docker run's statuses if no container was started: its program could not be
 * executed, was not found, or there was another reason. */
#define STATUS_NOT_RUN 125
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127

/* Bytes of an answer. In a list the labels of a thousand containers, each with
 * its image's list of packages, are megabytes. */
#define ANSWER_MAX (1024 * 1024)
#define LIST_MAX (32 * 1024 * 1024)
/* The longest start_timeout that sced.conf may have. An Engine cannot move this
 * deadline by sending a byte now and then. sced kills earlier. */
#define WAIT_US (600 * 1000000ULL)

/* Prints why and returns status. */
static int
fail(int status, const char *why)
{
	(void)fprintf(stderr, "sce-docker: %s\n", why);
	return status;
}

/* The name was checked: it fits, and nothing in it has to be escaped. */
static void
make_path(char path[NAME_PATH_MAX], const char *prefix, const char *name,
    const char *suffix)
{
	(void)snprintf(path, NAME_PATH_MAX, "%s%s%s", prefix, name, suffix);
}

/* docker's exit status for the Engine's reason why there was no start. */
static int
start_status(const char *why)
{
	if (strstr(why, "executable file not found") != NULL ||
	    strstr(why, "no such file or directory") != NULL)
		return STATUS_NOT_FOUND;
	if (strstr(why, "permission denied") != NULL)
		return STATUS_NOT_EXECUTABLE;
	return STATUS_NOT_RUN;
}

/*
 * Asks whether the Engine answers, as docker does first. An Engine that is just
 * coming up accepts connections and reads them later, even that of a client
 * that was killed meanwhile, for which it would make a container. 0, or -1 with
 * why.
 */
static int
await_engine(struct engine *engine, char why[ENGINE_WHY_MAX])
{
	struct http http = { .body_max = ANSWER_MAX };
	int rc;

	rc = call_engine(engine, "GET", "/_ping", NULL, &http, why);
	http_finish(&http);
	return rc;
}

/* 0, or -1 with why. The Engine's warnings are printed. */
static int
create_container(struct engine *engine, const struct create *create,
    char id[ANSWER_ID_MAX], char why[ENGINE_WHY_MAX])
{
	char path[NAME_PATH_MAX] = "/containers/create";
	const char *body;
	struct http http = { .body_max = ANSWER_MAX };
	int rc = -1;

	if (create->name != NULL)
		make_path(path, "/containers/create?name=", create->name, "");
	body = create_text(create);
	if (body == NULL)
		return engine_fail(why, "no memory is left");
	if (call_engine(engine, "POST", path, body, &http, why) == 0 &&
	    answer_get_id(&http, id, why) == 0) {
		answer_print_warnings(&http, stderr);
		rc = 0;
	}
	http_finish(&http);
	return rc;
}

/* The Engine removes a container that cannot be started, because of --rm. If
 * the Engine dies in between, sced finds the container by its label. docker
 * does no more. */
static int
start_container(struct engine *engine, const char *id)
{
	char path[NAME_PATH_MAX];
	char why[ENGINE_WHY_MAX];
	struct http http = { .body_max = ANSWER_MAX };
	int status = 0;

	make_path(path, "/containers/", id, "/start");
	if (call_engine(engine, "POST", path, NULL, &http, why) == -1)
		status = fail(start_status(why), why);
	http_finish(&http);
	(void)printf("%s\n", id); /* also if not started, as docker does */
	return status;
}

static int
run_container(struct engine *engine, int argc, char *const argv[])
{
	char why[ENGINE_WHY_MAX];
	char id[ANSWER_ID_MAX];
	struct create create;
	int rc;

	rc = create_parse(&create, argc, argv, why);
	if (rc == 0)
		rc = await_engine(engine, why);
	if (rc == 0)
		rc = create_container(engine, &create, id, why);
	create_finish(&create);
	if (rc == -1)
		return fail(STATUS_NOT_RUN, why);
	return start_container(engine, id);
}

/* Calls the Engine about one container. Prints its name, or why not. 0; 404 if
 * there is no such container, or another number. */
static int
call_container(struct engine *engine, const char *method, const char *name,
    const char *suffix)
{
	char path[NAME_PATH_MAX];
	char why[ENGINE_WHY_MAX];
	struct http http = { .body_max = ANSWER_MAX };
	int rc;

	if (!name_is_container(name)) {
		(void)engine_fail(
		    why, "\"%s\" is no name of a container", name);
		return fail(EXIT_FAILURE, why);
	}
	make_path(path, "/containers/", name, suffix);
	rc = call_engine(engine, method, path, NULL, &http, why);
	if (rc == -1)
		rc = fail(http.status == 404 ? 404 : -1, why);
	else
		(void)printf("%s\n", name);
	http_finish(&http);
	return rc;
}

static int
kill_container(struct engine *engine, int argc, char *const argv[])
{
	if (argc != 1 || argv[0][0] == '-')
		return fail(EXIT_FAILURE, "usage: kill NAME");
	return call_container(engine, "POST", argv[0], "/kill?signal=KILL") == 0
		   ? EXIT_SUCCESS
		   : EXIT_FAILURE;
}

/* A container that is not there is no failure, as for docker. */
static int
remove_containers(struct engine *engine, int argc, char *const argv[])
{
	int status = EXIT_SUCCESS;
	int rc;
	int i;

	if (argc < 2 || strcmp(argv[0], "--force") != 0)
		return fail(EXIT_FAILURE, "usage: rm --force NAME...");
	for (i = 1; i < argc; i++) {
		rc = call_container(engine, "DELETE", argv[i], "?force=1");
		if (rc != 0 && rc != 404)
			status = EXIT_FAILURE;
	}
	return status;
}

/* The filter in JSON: containers with this label and value. */
static int
make_list_path(char path[NAME_PATH_MAX], const char *label)
{
	(void)snprintf(path, NAME_PATH_MAX, "/containers/json?all=1&filters=");
	/* No label of sced's has a character that JSON would escape. */
	if (strpbrk(label, "\"\\") != NULL ||
	    name_escape(path, "{\"label\":{\"") == -1 ||
	    name_escape(path, label) == -1)
		return -1;
	return name_escape(path, "\":true}}");
}

static int
list_containers(struct engine *engine, int argc, char *const argv[])
{
	static const char *const words[] = { "--all", "--format", "{{.Names}}",
		"--filter" };
	char path[NAME_PATH_MAX];
	char why[ENGINE_WHY_MAX];
	struct http http = { .body_max = LIST_MAX };
	int rc;
	int i;

	for (i = 0; i < 4 && i < argc && strcmp(argv[i], words[i]) == 0; i++)
		;
	if (i < 4 || argc != 5 || strncmp(argv[4], "label=", 6) != 0 ||
	    make_list_path(path, argv[4] + 6) == -1)
		return fail(EXIT_FAILURE,
		    "usage: ps --all --format {{.Names}} --filter label=LABEL");
	rc = call_engine(engine, "GET", path, NULL, &http, why);
	if (rc == 0)
		rc = answer_print_names(&http, stdout, why);
	http_finish(&http);
	return rc == 0 ? EXIT_SUCCESS : fail(EXIT_FAILURE, why);
}

static int
inspect_image(struct engine *engine, int argc, char *const argv[])
{
	char path[NAME_PATH_MAX];
	char why[ENGINE_WHY_MAX];
	char id[ANSWER_ID_MAX];
	struct http http = { .body_max = ANSWER_MAX };
	int rc;

	if (argc != 4 || strcmp(argv[0], "inspect") != 0 ||
	    strcmp(argv[1], "--format") != 0 ||
	    strcmp(argv[2], "{{.Id}}") != 0 || !name_is_image(argv[3]))
		return fail(EXIT_FAILURE,
		    "usage: image inspect --format {{.Id}} IMAGE");
	make_path(path, "/images/", argv[3], "/json");
	rc = call_engine(engine, "GET", path, NULL, &http, why);
	/* sced looks for these words, whatever the Engine's are. */
	if (rc == -1 && http.status == 404)
		(void)engine_fail(why, "Error: No such image: %s", argv[3]);
	if (rc == 0)
		rc = answer_get_id(&http, id, why);
	http_finish(&http);
	if (rc == -1)
		return fail(EXIT_FAILURE, why);
	(void)printf("%s\n", id);
	return EXIT_SUCCESS;
}

/* Each command takes the words after its own and returns the status to exit
 * with.
 */
static const struct {
	const char *word;
	int (*run)(struct engine *engine, int argc, char *const argv[]);
	int failure; /* status if no Engine is known */
} commands[] = {
	{ "run", run_container, STATUS_NOT_RUN },
	{ "kill", kill_container, EXIT_FAILURE },
	{ "rm", remove_containers, EXIT_FAILURE },
	{ "ps", list_containers, EXIT_FAILURE },
	{ "image", inspect_image, EXIT_FAILURE },
};

int
main(int argc, char *argv[])
{
	char why[ENGINE_WHY_MAX];
	struct engine engine;
	int status;
	size_t i;

	if (fd_keep_standard_open() == -1 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return EXIT_FAILURE;
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)puts("sce-docker " SCE_VERSION);
		return EXIT_SUCCESS;
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (argc < 2 || strcmp(argv[1], commands[i].word) != 0)
			continue;
		if (call_find_engine(&engine, getenv("DOCKER_HOST"),
			io_now_us() + WAIT_US, why) == -1)
			return fail(commands[i].failure, why);
		status = commands[i].run(&engine, argc - 2, argv + 2);
		if (fflush(stdout) == EOF && status == 0)
			status = fail(commands[i].failure,
			    "the output could not be written");
		return status;
	}
	return fail(
	    EXIT_FAILURE, "usage: run|kill|rm|ps|image ..., see sce-docker(8)");
}
