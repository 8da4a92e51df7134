/* SPDX-License-Identifier: MIT */
/* The five commands. Each returns the status to exit with. */
#ifndef SCE_ENGINE_COMMAND_H
#define SCE_ENGINE_COMMAND_H

#include "engine/call.h"

/* docker run's statuses if no container was started: its program could not be
 * executed, was not found, or there was another reason. */
#define STATUS_NOT_RUN 125
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127

/* Prints why and returns status. */
int command_fail(int status, const char *why);

/* argv: the words after the command's own. */
int command_run(struct engine *engine, int argc, char *const argv[]);
int command_kill(struct engine *engine, int argc, char *const argv[]);
int command_remove(struct engine *engine, int argc, char *const argv[]);
int command_list(struct engine *engine, int argc, char *const argv[]);
int command_inspect_image(struct engine *engine, int argc, char *const argv[]);

#endif
