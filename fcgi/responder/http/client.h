/* SPDX-License-Identifier: MIT */
/* An address -> the key that the supervisor is fair between. Pure. */
#ifndef SCE_CLIENT_H
#define SCE_CLIENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * IPv4 counts mapped into IPv6, also if a proxy wrote it so; IPv6 counts by its
 * /64, because one household has that many. NULL and nonsense are one client of
 * their own: all zeros.
 */
void client_make_key(const char *address, uint8_t key[16]);

#endif
