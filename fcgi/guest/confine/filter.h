/* SPDX-License-Identifier: MIT */
/* A list of rules for seccomp as a search tree. */
#ifndef SCE_FILTER_H
#define SCE_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_MAX 1024
#define FILTER_NUMBERS 512 /* of calls: 0 to 511 */

struct filter {
	struct sock_filter code[FILTER_MAX];
	size_t len;
};

/* 0, or -1 with errno E2BIG: there is no room for it. */
int filter_add(
    struct filter *filter, const struct sock_filter *code, size_t len);

/*
 * Adds what decides as this list does, for numbers up to last, which is less
 * than FILTER_NUMBERS. Each rule is JEQ with the number, which jumps over the
 * rest of the rule for other calls; that rest always ends in a verdict. The
 * first of two rules for a number counts. The last element of the list is the
 * verdict for all others. -1 with errno E2BIG, or EINVAL for another list.
 */
int filter_add_tree(struct filter *filter, const struct sock_filter *list,
    size_t len, uint32_t last);

#endif
