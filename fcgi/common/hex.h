/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits. */
#ifndef SCE_HEX_H
#define SCE_HEX_H

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
