/* SPDX-License-Identifier: MIT */
/* Numbers as they travel: big endian. */
#ifndef SCE_BYTES_H
#define SCE_BYTES_H

#include <stdint.h>

static inline uint32_t
bytes_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline void
bytes_put_u32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

#endif
