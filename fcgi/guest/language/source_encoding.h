/* SPDX-License-Identifier: MIT */
/* Does a program's encoding declaration need a seekable main.py? Pure. */
#ifndef SCE_SOURCE_ENCODING_H
#define SCE_SOURCE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * True if one of the first lines declares an encoding that CPython's
 * tokenizer would seek the file for: any name but utf-8 and utf-8-*. A FIFO
 * cannot be sought, so such a program gets a fresh interpreter on a regular
 * file. False alarms only cost time.
 */
bool source_encoding_needs_seek(const uint8_t *code, size_t len);

#endif
