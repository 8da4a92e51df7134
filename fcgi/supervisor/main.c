/* SPDX-License-Identifier: MIT */
/*
 * sced: the supervisor. Configuration, everything that can be
 * refused before the service answers, then the loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/log.h"
#include "supervisor/box/box.h"
#include "supervisor/events.h"
#include "supervisor/host/spawn.h"
#include "supervisor/host/systemd.h"
#include "supervisor/lease/responders.h"
#include "supervisor/state.h"
#include "supervisor/upkeep/upkeep.h"

#define PATH_BYTES (CONFIG_STRING_MAX + 32)
/* Also more than a docker client is limited to. */
#define DESCRIPTORS_BESIDES 256

/* sced's command line. */
struct options {
	const char *path; /* of the configuration; NULL: defaults */
	bool check_only;
	const char *print_run; /* of which language; NULL: do not */
};

static struct supervisor sced;

static void
print_help(FILE *out)
{
	(void)fputs(
	    "sced " SCE_VERSION " - supervisor of the Safe Code Executor\n"
	    "usage: sced [-c FILE]\n"
	    "  -c, --config FILE   read this configuration over the defaults\n"
	    "      --check-config  check it, print every key, and exit\n"
	    "      --print-run-command[=RUNTIME]  print the docker run of slot "
	    "0,\n"
	    "                      python's unless told, and exit\n"
	    "      --help          this text\n"
	    "      --version       the version\n"
	    "Signals: TERM stops, runs under way are answered first; USR1\n"
	    "reopens executions.log.\n",
	    out);
}

/* -1, or the status to exit with: all that was asked for has been printed, or
 * what is wrong. */
static int
options_parse(struct options *wanted, int argc, char *argv[])
{
	enum { OPT_CHECK = 256, OPT_PRINT, OPT_HELP, OPT_VERSION };
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, OPT_CHECK },
		{ "print-run-command", optional_argument, NULL, OPT_PRINT },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			wanted->path = optarg;
			break;
		case OPT_CHECK:
			wanted->check_only = true;
			break;
		case OPT_PRINT:
			wanted->print_run = optarg != NULL ? optarg : "python";
			break;
		case OPT_HELP:
			print_help(stdout);
			return EXIT_SUCCESS;
		case OPT_VERSION:
			(void)puts("sced " SCE_VERSION);
			return EXIT_SUCCESS;
		default:
			print_help(stderr);
			return 2;
		}
	}
	if (optind != argc) {
		print_help(stderr);
		return 2;
	}
	return -1;
}

static void
load_config(struct config *config, const char *path)
{
	char error[CONFIG_ERROR_MAX];
	int rc;

	config_set_defaults(config);
	rc = path != NULL ? config_load(config, path, error)
			  : config_check(config, error);
	if (rc == -1 ||
	    config_check_subids(config, "/etc/subuid", error) == -1 ||
	    config_check_subids(config, "/etc/subgid", error) == -1)
		die("%s", error);
	log_init("sced", (int)config->log_level);
}

/* A responder needs a channel; a container a connection, a pidfd and two
 * clients. */
static uint32_t
descriptors_needed(const struct config *config)
{
	return RESPONDERS_FOR(config->running, config->queue) +
	       4 * config_boxes(config) + DESCRIPTORS_BESIDES;
}

/* name: "", or a folder below parent with its slash. */
static void
make_dir(const char *parent, const char *name, mode_t mode)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s%s", parent, name);
	if (mkdir(path, mode) == -1 && errno != EEXIST)
		die("mkdir %s: %m", path);
}

/* Two supervisors on one run directory would remove each other's work. */
static void
lock_run_dir(struct supervisor *sup)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/lock", sup->config.run_dir);
	sup->lock_fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (sup->lock_fd == -1)
		die("%s: %m", path);
	if (flock(sup->lock_fd, LOCK_EX | LOCK_NB) == -1)
		die("%s is in use by another sced", sup->config.run_dir);
}

static void
open_run_dir(struct supervisor *sup)
{
	make_dir(sup->config.run_dir, "", 0755);
	make_dir(sup->config.log_dir, "", 0755);
	make_dir(sup->config.run_dir, "/slots", 0700);
	make_dir(sup->config.run_dir, "/nets", 0700);
	make_dir(sup->config.run_dir, "/docker-config", 0700);
	lock_run_dir(sup);
	sup->log_fd = responders_open_log(&sup->config);
	if (sup->log_fd == -1)
		die("%s/executions.log: %m", sup->config.log_dir);
}

static void
check_file(const char *key, const char *path, int mode)
{
	if (access(path, mode) == -1)
		die("%s %s: %m", key, path);
}

/* A file of one number, or otherwise if there is none. */
static long
read_number(const char *path, long otherwise)
{
	FILE *file = fopen(path, "re");
	long number = otherwise;

	if (file == NULL)
		return otherwise;
	if (fscanf(file, "%ld", &number) != 1)
		number = otherwise;
	(void)fclose(file);
	return number;
}

/* What forbids sandboxes to make user namespaces, in one sentence, or NULL. */
static const char *
userns_find_obstacle(void)
{
	if (read_number("/proc/sys/user/max_user_namespaces", 0) < 1)
		return "it needs user namespaces; this kernel has none, or "
		       "user.max_user_namespaces is 0";
	/* Debian's own switch, and Ubuntu's. */
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
		return "it needs user namespaces; "
		       "kernel.unprivileged_userns_clone forbids them";
	if (read_number(
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) !=
	    0)
		return "it needs user namespaces; "
		       "kernel.apparmor_restrict_unprivileged_userns takes "
		       "the rights from them";
	return NULL;
}

/* Refuses to start without the files and rights that requests will need. */
static void
check_surroundings(struct supervisor *sup)
{
	const struct config *config = &sup->config;

	if (geteuid() != 0)
		die("sced must be started as root");
	check_file("guest", config->guest, X_OK);
	check_file("responder", config->responder, X_OK);
	check_file("seccomp_profile", config->seccomp_profile, R_OK);
	if (!config->fork)
		return;
	check_file("seccomp_fork_profile", config->seccomp_fork_profile, R_OK);
	check_file("gate", config->gate, R_OK);
	if (userns_find_obstacle() != NULL)
		die("isolation = fork: %s", userns_find_obstacle());
}

static void
init_docker(struct supervisor *sup, const char *boot_id)
{
	sup->docker.config = &sup->config;
	(void)snprintf(
	    sup->docker.boot_id, sizeof(sup->docker.boot_id), "%s", boot_id);
	if ((size_t)snprintf(sup->docker.config_dir,
		sizeof(sup->docker.config_dir), "%s/docker-config",
		sup->config.run_dir) >= sizeof(sup->docker.config_dir))
		die("run_dir %s is too long", sup->config.run_dir);
	docker_client_init(&sup->sweeper);
	docker_client_init(&sup->inspector);
}

/* Finds the images, and removes what an earlier life left. */
static void
meet_docker(struct supervisor *sup)
{
	char boot_id[sizeof(sup->docker.boot_id)];
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		die("getrandom: %m");
	(void)snprintf(boot_id, sizeof(boot_id), "%08x", random);
	init_docker(sup, boot_id);
	if (images_find(sup) == -1 || sweep_at_start(sup) == -1)
		exit(EXIT_FAILURE); /* the reason is in the log */
}

static void
init_pool(struct supervisor *sup)
{
	const struct config *config = &sup->config;
	struct pool_limits limits = {
		.languages = config->language_count,
		.running = config->running,
		.starting = config->starting,
		.queue = config->queue,
		.queue_wait_us = (uint64_t)config->queue_wait_ms * 1000,
		.max_age_us = (uint64_t)config->max_age_ms * 1000,
		.reuse = config->fork,
	};
	uint32_t i;

	for (i = 0; i < config->language_count; i++)
		limits.stock[i] = (struct pool_stock_limits){
			.ready = config->languages[i].ready,
			.ready_max = config->languages[i].ready_max
		};
	pool_init(&sup->pool, &limits);
	for (i = 0; i < POOL_BOXES_MAX; i++)
		box_init(&sup->boxes[i]);
}

static void
init_events(struct supervisor *sup)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) == -1 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signals: %m");
	sup->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	sup->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (sup->signal_fd == -1 || sup->epoll_fd == -1 ||
	    events_watch(sup, sup->signal_fd, EPOLLIN, EVENT_SIGNAL, 0) == -1)
		die("epoll or signalfd: %m");
}

static void
open_fastcgi(struct supervisor *sup)
{
	sup->listen_fd = listen_fastcgi(
	    &sup->systemd, sup->config.run_dir, sup->config.socket_group);
	if (sup->listen_fd == -1)
		exit(EXIT_FAILURE); /* the reason is in the log */
	if (events_watch(sup, sup->listen_fd, 0, EVENT_FASTCGI, 0) == -1) {
		log_error(strerror(errno), "socket-not-watched");
		exit(EXIT_FAILURE);
	}
}

static int
print_run_command(struct supervisor *sup, const char *name)
{
	uint32_t language = config_find_language(&sup->config, name);

	if (language == LANGUAGES_MAX)
		die("there is no section [runtime %s]", name);
	init_docker(sup, "0");
	if (images_find(sup) == -1 || sup->pool.stock[language].is_missing)
		return EXIT_FAILURE; /* the reason is in the log */
	return docker_print_run(&sup->docker, language, stdout) == 0
		   ? EXIT_SUCCESS
		   : EXIT_FAILURE;
}

int
main(int argc, char *argv[])
{
	struct options wanted = { .path = NULL };
	int status;

	if (fd_keep_standard_open() == -1)
		return EXIT_FAILURE;
	(void)umask(022); /* sandboxes must get into their slot directories */
	log_init("sced", LOG_LEVEL_INFO);
	status = options_parse(&wanted, argc, argv);
	if (status != -1)
		return status;
	load_config(&sced.config, wanted.path);
	if (wanted.check_only) {
		config_print(&sced.config, stdout);
		return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	if (wanted.print_run != NULL)
		return print_run_command(&sced, wanted.print_run);
	systemd_meet(&sced.systemd);
	/* A careless parent may have left descriptors open. */
	(void)fd_close_from(
	    STDERR_FILENO + 1 +
		(sced.systemd.socket_count > 0 ? sced.systemd.socket_count : 0),
	    0);
	check_surroundings(&sced);
	if (spawn_raise_descriptors(descriptors_needed(&sced.config)) == -1)
		die("limit of open files: this configuration needs %u",
		    descriptors_needed(&sced.config));
	if (spawn_bound_capabilities() == -1)
		die("capabilities: %m");
	open_run_dir(&sced);
	init_events(&sced);
	init_pool(&sced);
	sced.begun_us = io_now_us();
	meet_docker(&sced);
	open_fastcgi(&sced);
	log_notice(NULL, "started version=%s boot=%s image=%s", SCE_VERSION,
	    sced.docker.boot_id, sced.docker.image_ids[0]);
	responders_start(&sced);
	return supervisor_run(&sced) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
