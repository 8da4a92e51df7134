/* SPDX-License-Identifier: MIT */
/* The five commands. Each returns the status to exit with. */
#ifndef SCE_ENGINE_COMMAND_H
#define SCE_ENGINE_COMMAND_H

#include "engine/call.h"

/* docker run's, if no container was started for a reason other than its
 * program: that could not be executed, or was not found. */
#define STATUS_NOT_RUN 125
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127

/* Prints why and returns status. */
int command_fail(int status, const char *why);

/* argv: the words behind the command's own. */
int command_run(struct engine *engine, int argc, char *const argv[]);
int command_kill(struct engine *engine, int argc, char *const argv[]);
int command_remove(struct engine *engine, int argc, char *const argv[]);
int command_list(struct engine *engine, int argc, char *const argv[]);
int command_inspect_image(struct engine *engine, int argc, char *const argv[]);

#endif
