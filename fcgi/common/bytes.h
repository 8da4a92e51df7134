/* SPDX-License-Identifier: MIT */
/* Numbers as they travel: big endian; bytes as hexadecimal digits. */
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

/* The digit of the lowest four bits, in lower case. */
static inline char
hex_digit(unsigned value)
{
	return "0123456789abcdef"[value & 15];
}

/* Of a digit in either case; -1: it is none. */
static inline int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

#endif
