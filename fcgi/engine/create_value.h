/* SPDX-License-Identifier: MIT */
/* Values of docker run's options, translated as docker's client does. */
#ifndef SCE_ENGINE_CREATE_VALUE_H
#define SCE_ENGINE_CREATE_VALUE_H

#include <stdint.h>

#include "engine/engine.h"

struct json_object;

/* 134217728, 32m, 1g: bytes. 0, or -1. */
int create_value_size(const char *text, int64_t *bytes);

/* 0.500: billionths of a core. 0, or -1. */
int create_value_cpus(const char *text, int64_t *nano);

/* A whole number from min to max. 0, or -1. */
int create_value_integer(
    const char *text, int64_t min, int64_t max, int64_t *number);

/* nofile=256:256, type=bind,src=/a,dst=/b,readonly: objects, or NULL. */
struct json_object *create_value_ulimit(const char *text);
struct json_object *create_value_mount(const char *text);

/* no-new-privileges:true, apparmor=unconfined, or seccomp=FILE, which becomes
 * seccomp= and what is in the file, without blanks. NULL with why. */
struct json_object *create_value_security(
    const char *text, char why[ENGINE_WHY_MAX]);

/* Adds value, which it takes, also when it fails. 0, or -1: no memory is left,
 * for it or for value. */
int create_value_put(
    struct json_object *object, const char *key, struct json_object *value);

#endif
