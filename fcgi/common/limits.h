/* SPDX-License-Identifier: MIT */
/*
 * Every ceiling that is compiled in, with its unit. What the configuration
 * may change lies below these; nothing that a client, a sandbox or a
 * responder sends can go above them.
 */
#ifndef SCE_LIMITS_H
#define SCE_LIMITS_H

/* A program: code points, and the bytes that so many take at the most. */
#define CODE_POINTS_DEFAULT 5000
#define CODE_POINTS_MAX 20000
#define CODE_BYTES_MAX (CODE_POINTS_MAX * 4)

/* A request body and what it can carry for the program's stdin: bytes. */
#define BODY_BYTES_DEFAULT (256 * 1024)
#define BODY_BYTES_MAX (1024 * 1024)
#define STDIN_BYTES_MAX BODY_BYTES_MAX

/* A job's arguments, and its files with their paths: bytes. All of it comes out
 * of a body. */
#define EXTRAS_BYTES_MAX BODY_BYTES_MAX
#define EXTRAS_ARGS_MAX 64
#define EXTRAS_ARGS_BYTES_MAX (32 * 1024)
#define EXTRAS_FILES_MAX 64
#define EXTRAS_PATH_MAX 512
#define EXTRAS_NAME_MAX 255 /* of one component */
#define EXTRAS_DEPTH_MAX 8  /* components */

/* Files that a program made and an answer returns: how many, the bytes of all
 * of them, and how many entries of folders are looked at to find them. */
#define RETURN_FILES_MAX 32
#define RETURN_BYTES_MAX (1024 * 1024)
#define RETURN_ENTRIES_MAX 4096

/* Rows of the table of languages, and what may be said of one. */
#define LANGUAGES_MAX 8
#define LANGUAGE_NAME_MAX 32
#define LANGUAGE_ALIASES_MAX 8

/* Modules that are imported beforehand, between commas: bytes with the NUL. */
#define PRELOAD_BYTES_MAX 2048

/* Slots, their boxes (a sandbox for each slot, then a network for each slot),
 * and requests that wait. */
#define POOL_SLOTS_MAX 512
#define POOL_BOXES_MAX (2 * POOL_SLOTS_MAX)
#define POOL_QUEUE_MAX 1024

/* Wall clock of a run: milliseconds. */
#define WALL_MS_MIN 100
#define WALL_MS_DEFAULT 5000
#define WALL_MS_MAX_DEFAULT 10000
#define WALL_MS_MAX (300 * 1000)

/* The least memory that a request may ask for, bytes: an interpreter waits in
 * about 11 MiB. */
#define MEMORY_BYTES_MIN (32 * 1024 * 1024)

/* So much is kept of each of stdout and stderr: bytes. */
#define OUTPUT_BYTES_DEFAULT (64 * 1024)
#define OUTPUT_BYTES_MAX (1024 * 1024)

/* Nesting of a JSON request; ours needs one level. */
#define JSON_DEPTH_MAX 8

/* One-sentence refusals, set-up errors and the like: bytes with the NUL. */
#define SENTENCE_BYTES_MAX 256

/* X-Request-Id: bytes with the NUL. */
#define REQUEST_ID_BYTES_MAX 65

#endif
