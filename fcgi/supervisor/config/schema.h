/* SPDX-License-Identifier: MIT */
/*
 * What may stand in the configuration file: one row per key, and how a value
 * of each type is read and written. Only the config files include this.
 */
#ifndef SCE_CONFIG_SCHEMA_H
#define SCE_CONFIG_SCHEMA_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "supervisor/config/config.h"

#define CONFIG_KEYS 50
/* Of a section [runtime NAME]. */
#define CONFIG_RUNTIME_KEYS 14
#define CONFIG_RUNTIME_SECTION "runtime "

enum config_type {
	CONFIG_WORD,     /* one of a few words; bool is yes | no */
	CONFIG_INTEGER,  /* 4 */
	CONFIG_SIZE,     /* 128m, 64k, 4096: bytes */
	CONFIG_DURATION, /* 5s, 500ms, 2m: kept in ms */
	CONFIG_CORES,    /* 0.5: kept in thousandths */
	CONFIG_NAME,     /* no blank, nothing that docker could misread */
	CONFIG_PATH,     /* absolute */
	CONFIG_NETWORKS, /* 10.0.0.1, fd00::/8: as it is written */
	CONFIG_ORIGINS,  /* https://example.org, or *: as it is written */
	CONFIG_MODULES,  /* json, os.path: as it is written */
	CONFIG_ALIASES,  /* py, python3: as it is written */
	CONFIG_WORDS,    /* gcc -o a: kept with one blank between two */
	CONFIG_VERSION,  /* 3.11.2 */
	CONFIG_FILE      /* main.py: of no folder, nothing hidden */
};

struct config_word {
	const char *word;
	uint64_t value;
};

struct config_key {
	const char *section;
	const char *name;
	enum config_type type;
	size_t offset; /* of the field in struct config, or _runtime */
	size_t width;
	/* The default, as a file would say it; NULL: taken from elsewhere. */
	const char *preset;
	uint64_t min; /* of the value; of a text: its length */
	uint64_t max;
	const struct config_word *words; /* ends with a NULL word */
	const char *help;
};

extern const struct config_key config_keys[CONFIG_KEYS];
extern const struct config_key config_runtime_keys[CONFIG_RUNTIME_KEYS];

/*
 * Reads the lines of text into config; no key twice. 0, or -1 with error
 * filled in, "NAME:LINE: ...", possibly with bytes that are not printable.
 */
int config_read(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX]);

/* Fills the sentence in. Always -1. */
int config_fail(char why[CONFIG_ERROR_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* NULL if there is no such key. */
const struct config_key *config_key_find(const char *section, const char *name);

/* Stores text, the value of key, in base: a struct config or _runtime. 0, or
 * -1 with the sentence's end in why. */
int config_value_parse(const struct config_key *key, const char *text,
    void *base, char why[CONFIG_ERROR_MAX]);

/* The value of key, in the form in which it is read. */
void config_value_print(
    const struct config_key *key, const void *base, FILE *out);

/* --- config_runtimes.c --- */

/* The table as it is before a file was read: python, and nothing given. */
void config_runtimes_begin(struct config *config);

/* The row of a section's NAME, of len bytes, a new one if need be; or NULL
 * with the sentence in why. */
struct config_runtime *config_runtimes_open(struct config *config,
    const char *name, size_t len, char why[CONFIG_ERROR_MAX]);

/* NULL if there is no such key. */
const struct config_key *config_runtime_key_find(const char *name);

/* After the file: whatever its sections did not say. */
void config_runtimes_finish(struct config *config);

/* What must hold within and between rows. 0, or -1 with error filled in. */
int config_runtimes_check(
    const struct config *config, char error[CONFIG_ERROR_MAX]);

void config_runtimes_print(const struct config *config, FILE *out);

/* config_words.c: may it be the value of such a key? */
bool config_aliases_are_valid(const char *text);
bool config_words_are_valid(const char *text);
bool config_version_is_valid(const char *text);
bool config_file_is_valid(const char *text);
bool config_name_is_valid(const char *text, size_t len);
/* One blank between two words, none around them. */
void config_words_squeeze(char *text);

/* Is each of the items between commas or blanks one? There may be none. */
bool config_list_is_valid(
    const char *text, bool (*is_item)(const char *text, size_t len));

/* Nothing, or IP addresses and networks between commas or blanks. */
bool config_networks_are_valid(const char *text);

/* Nothing, *, or origins (RFC 6454) between commas or blanks. */
bool config_origins_are_valid(const char *text);

/* Nothing, or names of Python modules between commas or blanks. */
bool config_modules_are_valid(const char *text);

/* 0 and *number, or -1: not written as this type is. */
int config_number_parse(
    enum config_type type, const char *text, uint64_t *number);

/* With the largest unit that leaves no rest: 131072 bytes are 128k. */
void config_number_format(
    enum config_type type, uint64_t value, char *out, size_t out_size);

#endif
