/* SPDX-License-Identifier: MIT */
/*
 * The keys of the configuration file, a row each, and the functions that read
 * and write values of each type. Only the files of this folder include it.
 */
#ifndef SCE_CONFIG_SCHEMA_H
#define SCE_CONFIG_SCHEMA_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "supervisor/config/config.h"

#define CONFIG_KEYS 50
/* The same for a section [language NAME]. */
#define CONFIG_LANGUAGE_KEYS 14

enum config_type {
	CONFIG_WORD,     /* one of a few words; bool is yes | no */
	CONFIG_INTEGER,  /* 4 */
	CONFIG_SIZE,     /* 128m, 64k, 4096: bytes */
	CONFIG_DURATION, /* 5s, 500ms, 2m: kept in ms */
	CONFIG_CORES,    /* 0.5: kept in thousandths */
	/* Texts, as they are written: */
	CONFIG_NAME,    /* no blank, nothing that docker could misread */
	CONFIG_PATH,    /* absolute */
	CONFIG_WORDS,   /* gcc -o a: kept with one blank between two */
	CONFIG_VERSION, /* 3.11.2 */
	CONFIG_FILE,    /* main.py: of no folder, nothing hidden */
	/* Lists, which may stand on several lines; each is a text, too: */
	CONFIG_NETWORKS, /* 10.0.0.1, fd00::/8 */
	CONFIG_ORIGINS,  /* https://example.org, or * */
	CONFIG_MODULES,  /* json, os.path */
	CONFIG_ALIASES   /* py, python3 */
};

struct config_word {
	const char *word;
	uint64_t value;
};

struct config_key {
	const char *section;
	const char *name;
	enum config_type type;
	size_t offset; /* of the field in struct config, or _language */
	size_t width;  /* of the field: bytes, of a text with its NUL */
	/* The default, as a file would say it; NULL: taken from elsewhere. */
	const char *preset;
	uint64_t min; /* of the value; of a text: its length */
	uint64_t max; /* of a number */
	const struct config_word *words; /* ends with a NULL word */
	const char *help;
};

extern const struct config_key config_keys[CONFIG_KEYS];
extern const struct config_key config_language_keys[CONFIG_LANGUAGE_KEYS];

/* NULL if there is no such key. */
const struct config_key *config_key_find(const char *section, const char *name);
const struct config_key *config_language_key_find(const char *name);

/*
 * Reads the lines of text into config; no key twice. 0, or -1 with error
 * filled in, "NAME:LINE: ...", possibly with bytes that are not printable.
 */
int config_read(struct config *config, const char *name, const char *text,
    char error[CONFIG_ERROR_MAX]);

/* --- value.c --- */

/* Fills the sentence in. Always -1. */
int config_fail(char why[CONFIG_ERROR_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool config_key_is_list(const struct config_key *key);

/* Stores text, the value of key, in base: a struct config or _language. 0, or
 * -1 with the sentence's end in why. */
int config_value_parse(const struct config_key *key, const char *text,
    void *base, char why[CONFIG_ERROR_MAX]);

/* The same for one more line of a list. The list is stored with commas between
 * its items, and no blanks. */
int config_value_append(const struct config_key *key, const char *text,
    void *base, char why[CONFIG_ERROR_MAX]);

/* The value of key, in the form in which it is read. */
void config_value_print(
    const struct config_key *key, const void *base, FILE *out);

/* With the largest unit that leaves no rest: 131072 bytes are 128k. */
void config_number_format(
    enum config_type type, uint64_t value, char *out, size_t out_size);

/* --- shapes.c --- */

/* The words after "must be" in a refusal. */
const char *config_shape_describe(enum config_type type);

/* True if text looks like one. For types of text alone. */
bool config_shape_fits(enum config_type type, const char *text);

/* True if the len bytes in text may be a language's name or alias. */
bool config_is_language_name(const char *text, size_t len);

/* The words with one blank between two, none around them; out has room for as
 * much as words takes. */
void config_words_squeeze(const char *words, char *out);

/* --- languages.c --- */

/* The table as it is before a file was read: python, and nothing given. */
void config_languages_begin(struct config *config);

/* NAME, if section begins as "language NAME" or "runtime NAME"; else NULL. */
const char *config_language_in(const char *section);

/* The row of such a section, whose NAME is of len bytes, a new one if need be;
 * or NULL with the sentence in why. */
struct config_language *config_languages_open(struct config *config,
    const char *section, size_t len, char why[CONFIG_ERROR_MAX]);

/* Fills in, after the file was read, the keys that its sections left out. */
void config_languages_finish(struct config *config);

/* Checks each row, and all together. 0, or -1 with error filled in. */
int config_languages_check(
    const struct config *config, char error[CONFIG_ERROR_MAX]);

#endif
