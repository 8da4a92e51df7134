/* SPDX-License-Identifier: MIT */
/*
 * The configuration: an INI file (inih), a typed schema, and defaults that
 * need no file. Read once, at start.
 */
#ifndef SCE_CONFIG_H
#define SCE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/limits.h"

#define CONFIG_ERROR_MAX 512
/* With the NUL. With its key it must fit one line of inih's, 198 bytes. */
#define CONFIG_STRING_MAX 160
/* The same for a list, which may stand on several lines. */
#define CONFIG_LIST_MAX 4096

/* A language that a client may pick, [language NAME]. languages.c says where
 * keys that its section leaves out are taken from. */
struct config_language {
	char name[LANGUAGE_NAME_MAX];
	char version[CONFIG_STRING_MAX];
	char aliases[CONFIG_STRING_MAX]; /* a list */
	char image[CONFIG_STRING_MAX];
	char command[CONFIG_STRING_MAX]; /* words, one blank between two */
	char file[CONFIG_STRING_MAX];    /* the program's, in /box */
	char compile[CONFIG_STRING_MAX]; /* words; empty: nothing to compile */
	char preload[PRELOAD_BYTES_MAX]; /* modules, a list */
	uint64_t memory_bytes;
	uint32_t cpus_milli;
	uint32_t pids;
	uint32_t timeout_ms;
	uint32_t timeout_max_ms;
	uint32_t ready;     /* sandboxes kept waiting */
	uint32_t ready_max; /* the same while these are too few */
	uint32_t given;     /* while a file is read: bits, see languages.c */
};

struct config {
	/* [service] */
	char run_dir[CONFIG_STRING_MAX];      /* sockets, slots, the lock */
	char log_dir[CONFIG_STRING_MAX];      /* empty: RUN_DIR/logs */
	char socket_group[CONFIG_STRING_MAX]; /* nginx's: may connect */
	uint32_t responder_uid;               /* of its own; also its gid */
	uint32_t log_level;                   /* syslog's numbers, 3..7 */
	bool log_code;                        /* programs into executions.log */
	/* [paths], empty: derived from run_dir */
	char responder[CONFIG_STRING_MAX];       /* sce-responder */
	char guest[CONFIG_STRING_MAX];           /* sce-guest */
	char seccomp_profile[CONFIG_STRING_MAX]; /* for docker run */
	/* The same for isolation = fork, and sce-gate.so. */
	char seccomp_fork_profile[CONFIG_STRING_MAX];
	char gate[CONFIG_STRING_MAX];
	/* [docker] */
	char docker_cli[CONFIG_STRING_MAX];  /* empty: derived, too */
	char docker_host[CONFIG_STRING_MAX]; /* empty: the client's default */
	char image[CONFIG_STRING_MAX];
	char runtime[CONFIG_STRING_MAX];
	uint32_t uid_base;   /* a slot runs as uid_base + slot */
	bool network_holder; /* network_holder = off | on */
	/* [pool] */
	bool fork;                       /* isolation = container | fork */
	uint32_t fork_runs;              /* of one container */
	char preload[PRELOAD_BYTES_MAX]; /* modules, a list */
	uint32_t ready;                  /* sandboxes kept waiting */
	uint32_t ready_max; /* while these are too few; ready if less */
	uint32_t running;   /* runs at once */
	uint32_t queue;     /* requests that may wait */
	uint32_t starting;  /* docker run at once */
	uint32_t queue_wait_ms;
	uint32_t start_timeout_ms;
	uint32_t max_age_ms; /* of a READY sandbox */
	uint32_t sweep_interval_ms;
	/* [limits] */
	uint32_t timeout_ms;     /* wall clock unless asked for */
	uint32_t timeout_max_ms; /* a request may ask for this */
	uint64_t memory_bytes;
	uint32_t cpus_milli; /* thousandths of a core */
	uint32_t pids;
	uint32_t output_bytes; /* of each stream */
	uint32_t code_points;
	uint32_t body_bytes;
	uint64_t box_bytes;     /* tmpfs at /box */
	uint64_t tmp_bytes;     /* tmpfs at /tmp; 0: none */
	uint64_t shm_bytes;     /* tmpfs at /dev/shm */
	uint64_t file_bytes;    /* RLIMIT_FSIZE */
	uint32_t open_files;    /* RLIMIT_NOFILE */
	bool landlock_required; /* landlock = auto | required */
	/* [clients]: for nginx, by fcgi/service/stage.sh; sced only checks */
	uint32_t client_rate;          /* requests a second; 0: no limit */
	uint32_t client_burst;         /* as many more before the rate counts */
	uint32_t client_connections;   /* requests at once; 0: no limit */
	char proxies[CONFIG_LIST_MAX]; /* networks */
	char metrics_from[CONFIG_LIST_MAX]; /* networks, too */
	/* [piston] */
	bool piston_text; /* its clients may send JSON as text/plain */
	char piston_origins[CONFIG_LIST_MAX]; /* whose pages; for nginx */
	/* [language ...]: in the file's order, but python is the first. */
	uint32_t language_count;
	struct config_language languages[LANGUAGES_MAX];
};

/*
 * In a file a key is named as its field without the unit, under the section
 * given above; but sizes are box_size, tmp_size, shm_size, file_size,
 * code_points is code_length, fork is isolation, [clients] has rate, burst,
 * connections, metrics, and [piston] text_plain and origins. schema.c has the
 * table. A list has commas or blanks between its items: as the file has it, or
 * with nothing but commas if it stands on several lines or is too long for
 * CONFIG_STRING_MAX.
 */

/* Fills in the defaults; derived paths too. */
void config_set_defaults(struct config *config);

/*
 * Sets the defaults, reads a file over them, fills in the paths, checks every
 * value and how they fit together. 0, or -1 with one line in error:
 * "FILE:LINE: what is wrong", or "FILE: ..." if no one line is to blame.
 */
int config_load(
    struct config *config, const char *path, char error[CONFIG_ERROR_MAX]);

/* The same from memory, for tests and the fuzzer; name stands for the path. */
int config_load_text(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX]);

/* Checks that values fit together. 0, or -1 with error filled in. */
int config_check(const struct config *config, char error[CONFIG_ERROR_MAX]);

/*
 * No uid of a sandbox and not the responder's may be one that the host gave
 * to a user's own containers: path is /etc/subuid or /etc/subgid, a missing
 * file means none are given. 0, or -1 with error filled in.
 */
int config_check_subids(const struct config *config, const char *path,
    char error[CONFIG_ERROR_MAX]);

/* Every key with its value, as a file that config_load takes. */
void config_print(const struct config *config, FILE *out);

/* The items of a list with nothing but commas between them; out has room for
 * as much as list takes, and may be list. */
void config_list_compact(const char *list, char *out);

/* --- facts.c: questions about a configuration that was loaded --- */

/* True if docker_cli is sce-docker, by its name. */
bool config_has_own_client(const struct config *config);

/* True if the runtime is gVisor: its name begins with runsc. */
bool config_is_gvisor(const struct config *config);

/* How long a run in a language may last: Piston's clients give compiler and
 * program a timeout each. */
uint32_t config_lease_max_ms(const struct config_language *row);

/* The same of whichever language may take longest. */
uint32_t config_longest_lease_ms(const struct config *config);

/* The row of this name, not of an alias; or LANGUAGES_MAX. */
uint32_t config_find_language(const struct config *config, const char *name);

/* True if sandboxes join the network of a holder; never with gVisor. */
bool config_has_holders(const struct config *config);

/* How many sandboxes there can be. */
uint32_t config_slots(const struct config *config);

/* How many containers, and uids: with their holders. */
uint32_t config_boxes(const struct config *config);

#endif
