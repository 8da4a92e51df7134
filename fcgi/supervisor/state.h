/* SPDX-License-Identifier: MIT */
/*
 * sced's one struct, its parts and which file writes each field, and the theory
 * of operation.
 *
 * One thread, one epoll. Three kinds of parties hang on it: boxes (a slot's
 * listening socket, then the guest's connection, then the guest's pidfd),
 * responders (a SOCK_SEQPACKET channel each) and docker clients (children, seen
 * through SIGCHLD, output in an anonymous file). sced never reads a byte that
 * came from a client of the service: a guest says READY before it has seen any,
 * and from the lease on its connection is only watched for its end. With
 * isolation = fork it says READY again after each run, in one frame of a fixed
 * size that has no other meaning (box/fork_runs.c).
 *
 * After each batch of events supervisor.c settles: each folder looks at the
 * state of the others and does what is due. So a file calls only files below
 * it: the loop calls upkeep/ and lease/, these call box/, which calls docker/
 * and pool/.
 */
#ifndef SCE_STATE_H
#define SCE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/frame.h"
#include "common/lease.h"
#include "common/log.h"
#include "supervisor/config/config.h"
#include "supervisor/docker/client.h"
#include "supervisor/host/systemd.h"
#include "supervisor/lease/metrics.h"
#include "supervisor/pool/pool.h"

/* Responders: one for each run and each request that waits, as many again as
 * runs for clients that still have to be told how theirs ended, and some for
 * refusals and health. */
#define RESPONDERS_SPARE 4
#define RESPONDERS_FOR(running, queue)                                         \
	(2 * (running) + (queue) + RESPONDERS_SPARE)
#define RESPONDERS_MAX RESPONDERS_FOR(POOL_SLOTS_MAX, POOL_QUEUE_MAX)

#define NETWORK_COUNTERS_MAX 6144

/* The step of a box's end: see the table in box/ending.c. */
enum ending {
	ENDING_NOT,
	ENDING_SHUTDOWN,   /* its life line is cut: it should exit by itself */
	ENDING_KILL,       /* docker kill */
	ENDING_CGROUP,     /* SIGKILL to all of its cgroup */
	ENDING_REMOVE,     /* docker rm --force */
	ENDING_QUARANTINE, /* nothing helped: again later, slot not used */
	ENDING_CLIENTS     /* all gone but a docker client of ours */
};

/* The part of a box that only a network has: box/network.c. */
struct network {
	pid_t pid;      /* in whose /proc the counters are: box/start.c */
	uint32_t loans; /* sandboxes that joined it */
	bool lent;      /* since the counters were looked at */
	bool worn;      /* not to be lent again */
	char counters[NETWORK_COUNTERS_MAX]; /* before the first loan */
};

/* Written by box/ alone, but for the fields that name another file. */
struct box {
	char name[DOCKER_NAME_MAX]; /* "": not launched yet */
	char dir[DOCKER_PATH_MAX];  /* the slot directory of this start */
	int listen_fd;              /* until the guest has dialled */
	int guest_fd;               /* the connection; leased as a duplicate */
	int pid_fd;
	int run_fd;       /* isolation = fork: the responder's end */
	uint32_t runs;    /* so many leases so far */
	bool is_last_run; /* lease/grant.c, upkeep/images.c: no lease after */
	bool released;    /* the responder is done with the run, */
	bool is_ready_again;          /* and so is the guest */
	char cgroup[CGROUP_PATH_MAX]; /* "" if unknown */
	uint32_t memory_kib; /* lease/grant.c: its limit; 0: as configured */
	uint8_t inbox[FRAME_HEADER_LEN + 128]; /* ready or set-up error */
	size_t inbox_len;
	struct docker_client runner; /* docker run */
	struct docker_client helper; /* docker kill, docker rm */
	uint64_t start;         /* the number of this start; never used again */
	uint64_t network_start; /* of the network that it joined; 0: none */
	bool start_failed;      /* until network.c has seen it */
	uint64_t started_us;
	uint64_t deadline_us; /* of the start, a step of the end; lease/grant.c:
				 of the lease */
	uint32_t responder;   /* lease/grant.c: which leases it, or POOL_NONE */
	enum ending ending;
	uint64_t quarantine_us; /* the next wait there; doubles */
	struct network network;
};

enum responder_state { RESPONDER_IDLE, RESPONDER_WAITING, RESPONDER_LEASED };

/* Written by lease/ alone. */
struct responder {
	pid_t pid; /* -1: it does not run */
	int channel_fd;
	enum responder_state state;
	/* The last lease that it asked for: */
	uint8_t client[POOL_CLIENT_BYTES];
	uint32_t language;
	uint8_t trace[TRACE_BYTES];
	uint64_t lease_id;         /* LEASED: to be released by this id */
	uint64_t leased_us;        /* LEASED: since when */
	uint32_t slot;             /* LEASED: POOL_NONE if the box has ended */
	uint64_t probing_until_us; /* it was told to probe; 0: it was not */
	uint64_t release_by_us;    /* the box of its lease has ended */
	uint64_t spawned_us;
	uint64_t respawn_us; /* not running: when to start it again */
	uint32_t quick_deaths;
};

struct supervisor {
	struct config config;   /* main.c, before the loop */
	struct systemd systemd; /* host/ */
	struct docker docker;   /* main.c; the image IDs: upkeep/images.c */
	struct pool pool;       /* pool/, but for what pool.h says */
	/* The sandbox of each slot, then the network of each slot. */
	struct box boxes[POOL_BOXES_MAX];
	struct responder responders[RESPONDERS_MAX];
	uint32_t responder_count;
	int epoll_fd;
	int signal_fd;
	int lock_fd;
	int listen_fd;          /* FastCGI, for the responders */
	int log_fd;             /* executions.log, for the responders */
	struct metrics metrics; /* counted by whoever sees it */
	uint64_t begun_us;
	uint64_t starts;          /* box/start.c */
	uint64_t leases;          /* lease/grant.c */
	uint64_t last_verdict_us; /* lease/monitor.c */
	/* supervisor.c */
	bool stopping;
	bool failed; /* it stops because it cannot go on */
	uint64_t stop_deadline_us;
	/* upkeep/ */
	struct docker_client sweeper;   /* docker ps or docker rm */
	struct docker_client inspector; /* docker image inspect, */
	uint32_t inspected;             /* of this language's */
	bool sweep_is_listing;
	bool sweep_was_vain;    /* Docker gave no listing the last time */
	uint32_t sweeps_failed; /* removals in a row that did */
	char last_listing[DOCKER_OUTPUT_MAX]; /* what the last sweep saw */
	uint64_t next_sweep_us;
	/* box/ and lease/: a sweep is wanted soon. upkeep/: it is coming. */
	bool is_docker_in_doubt;
	/* box/: no spare network before that, after one has failed. */
	uint64_t next_spare_us;
};

static inline uint64_t
earlier_us(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* supervisor.c: runs until it is told to stop: 0, or cannot go on: -1 with the
 * reason logged. */
int supervisor_run(struct supervisor *sup);

#endif
