/* SPDX-License-Identifier: MIT */
/*
 * A list is easy to read and slow to load: the kernel runs the filter once for
 * each number there is, to find the calls that it always allows
 * (kernel/seccomp.c, seccomp_cache_prepare), and before Linux 5.11 at each
 * call. For that it knows only the few instructions that are used here: jumps
 * by comparison, JA and RET.
 */
#include "guest/confine/confine.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* From this number up to that of the next leaf, the same is done. */
struct leaf {
	uint32_t from;
	const struct sock_filter *code;
	size_t len;
};

struct leaves {
	struct leaf all[FILTER_NUMBERS];
	size_t count;
};

int
filter_add(struct filter *filter, const struct sock_filter *code, size_t len)
{
	if (len > FILTER_MAX - filter->len) {
		errno = E2BIG;
		return -1;
	}
	memcpy(filter->code + filter->len, code, len * sizeof(*code));
	filter->len += len;
	return 0;
}

static bool
is_verdict(const struct sock_filter *code)
{
	return BPF_CLASS(code->code) == BPF_RET;
}

/* Finds the rule of each number, NULL where there is none. */
static int
index_rules(const struct sock_filter *rule, const struct sock_filter *end,
    const struct sock_filter *rules[FILTER_NUMBERS])
{
	for (; rule < end; rule += 1 + rule->jf) {
		if (rule->code != (BPF_JMP | BPF_JEQ | BPF_K) ||
		    rule->k >= FILTER_NUMBERS || rule->jt != 0 ||
		    rule->jf == 0 || rule->jf >= end - rule ||
		    !is_verdict(rule + rule->jf)) {
			errno = EINVAL;
			return -1;
		}
		if (rules[rule->k] == NULL)
			rules[rule->k] = rule;
	}
	return 0;
}

static bool
is_same(const struct leaf *a, const struct leaf *b)
{
	return a->len == b->len &&
	       memcmp(a->code, b->code, a->len * sizeof(*a->code)) == 0;
}

/* Neighbours that are treated alike become one. */
static void
add_leaf(struct leaves *leaves, const struct leaf *leaf)
{
	if (leaves->count == 0 ||
	    !is_same(&leaves->all[leaves->count - 1], leaf))
		leaves->all[leaves->count++] = *leaf;
}

/* The number stays in the accumulator, as in the list. */
static int
add_search(struct filter *filter, const struct leaf *leaves, size_t count)
{
	size_t half = count / 2;
	size_t low = filter->len + 2;
	/* A comparison jumps over 255 instructions at most, JA over any. */
	const struct sock_filter branch[] = {
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, leaves[half].from, 0, 1),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
	};

	if (count == 1)
		return filter_add(filter, leaves->code, leaves->len);
	if (filter_add(filter, branch, 2) == -1 ||
	    add_search(filter, leaves, half) == -1)
		return -1;
	filter->code[low - 1].k = (uint32_t)(filter->len - low);
	return add_search(filter, leaves + half, count - half);
}

int
filter_add_tree(struct filter *filter, const struct sock_filter *list,
    size_t len, uint32_t last)
{
	const struct sock_filter *rules[FILTER_NUMBERS] = { NULL };
	struct leaves leaves = { .count = 0 };
	uint32_t number;

	if (last >= FILTER_NUMBERS || len == 0 || !is_verdict(list + len - 1)) {
		errno = EINVAL;
		return -1;
	}
	if (index_rules(list, list + len - 1, rules) == -1)
		return -1;
	for (number = 0; number <= last; number++) {
		const struct sock_filter *rule = rules[number];
		struct leaf leaf = { .from = number,
			.code = rule != NULL ? rule + 1 : list + len - 1,
			.len = rule != NULL ? rule->jf : 1 };

		add_leaf(&leaves, &leaf);
	}
	return add_search(filter, leaves.all, leaves.count);
}
