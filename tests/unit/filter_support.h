/* SPDX-License-Identifier: MIT */
/* Running a filter for seccomp, as the kernel would. */
#ifndef SCE_FILTER_SUPPORT_H
#define SCE_FILTER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

/* Its verdict, and after how many instructions. */
static uint32_t
judge(const struct sock_filter *code, size_t len,
    const struct seccomp_data *data, size_t *steps)
{
	const struct sock_filter *at = code;
	uint32_t number = 0; /* the accumulator */

	for (*steps = 0; at < code + len; at++, ++*steps) {
		switch (at->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&number, (const char *)data + at->k,
			    sizeof(number));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			number &= at->k;
			break;
		case BPF_JMP | BPF_JA:
			at += at->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += number == at->k ? at->jt : at->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			at += number > at->k ? at->jt : at->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += number >= at->k ? at->jt : at->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			at += (number & at->k) != 0 ? at->jt : at->jf;
			break;
		case BPF_RET | BPF_K:
			return at->k;
		default:
			fail_msg("instruction %#x", at->code);
		}
	}
	fail_msg("no verdict");
	return 0;
}

#endif
