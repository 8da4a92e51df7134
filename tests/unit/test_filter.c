/* SPDX-License-Identifier: MIT */
/* The search tree decides as the list does, in words that the kernel knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "filter_support.h"
#include "guest/confine/confine.h"

#define NUMBER_AT offsetof(struct seccomp_data, nr)
#define ARG_AT offsetof(struct seccomp_data, args[0])
#define OTHERWISE 99

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define VERDICT(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALWAYS(number, value)                                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), VERDICT(value)
/* 5 if the argument has a bit of the mask, else 6. */
#define BY_ARGUMENT(number, mask)                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 5), LOAD(ARG_AT),       \
	    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff),                       \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1), VERDICT(5),      \
	    VERDICT(6)
#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct sock_filter load_number[] = { LOAD(NUMBER_AT) };
static const struct sock_filter rules[] = {
	ALWAYS(200, 1),
	ALWAYS(3, 1),
	ALWAYS(0, 2),
	BY_ARGUMENT(7, 0x10),
	ALWAYS(4, 1),
	ALWAYS(5, 3),
	ALWAYS(3, 4), /* too late */
	BY_ARGUMENT(8, 0x10),
	BY_ARGUMENT(9, 0x20),
	ALWAYS(150, OTHERWISE),
	ALWAYS(201, 2),
	VERDICT(OTHERWISE),
};

static void
assert_alike(const struct filter *list, const struct filter *tree,
    uint32_t last, size_t steps_max)
{
	static const uint64_t arguments[] = { 0, 0x10, 0x20, 0x30, 0x10010,
		UINT64_MAX };
	size_t steps;
	uint32_t i;

	for (i = 0; i < (last + 1) * LEN(arguments); i++) {
		struct seccomp_data data = { .nr = (int)(i / LEN(arguments)),
			.args = { arguments[i % LEN(arguments)] } };
		uint32_t expected = judge(list->code, list->len, &data, &steps);

		assert_int_equal(
		    judge(tree->code, tree->len, &data, &steps), expected);
		assert_true(steps <= steps_max);
	}
}

static void
a_tree_decides_as_the_list(void **state)
{
	static struct filter list;
	static struct filter tree;

	(void)state;
	assert_int_equal(filter_add(&list, load_number, 1), 0);
	assert_int_equal(filter_add(&list, rules, LEN(rules)), 0);
	assert_int_equal(filter_add(&tree, load_number, 1), 0);
	assert_int_equal(filter_add_tree(&tree, rules, LEN(rules), 300), 0);
	assert_alike(&list, &tree, 300, 20);
}

/* As the strict filter is: a verdict more or less for each number there is. */
static void
a_large_one_is_short_work(void **state)
{
	struct sock_filter many[2 * FILTER_NUMBERS - 1];
	struct filter list = { .len = 0 };
	struct filter tree = { .len = 0 };
	uint32_t number;

	(void)state;
	for (number = 0; number < FILTER_NUMBERS - 1; number += 2) {
		const struct sock_filter rule[] = { ALWAYS(
		    number, number % 32) };

		memcpy(many + number, rule, sizeof(rule));
	}
	many[number] = (struct sock_filter)VERDICT(OTHERWISE);
	assert_int_equal(filter_add(&list, load_number, 1), 0);
	assert_int_equal(filter_add(&list, many, number + 1), 0);
	assert_int_equal(filter_add(&tree, load_number, 1), 0);
	/* 300 verdicts, 299 branches of two. */
	assert_int_equal(filter_add_tree(&tree, many, number + 1, 299), 0);
	assert_int_equal(tree.len, 1 + 300 + 2 * 299);
	assert_alike(&list, &tree, 299, 1 + 2 * 9);
}

static void
without_rules_one_verdict_is_all(void **state)
{
	static struct filter tree;

	(void)state;
	assert_int_equal(
	    filter_add_tree(&tree, rules + LEN(rules) - 1, 1, 100), 0);
	assert_int_equal(tree.len, 1);
	assert_int_equal(tree.code[0].k, OTHERWISE);
}

static void
assert_refused(const struct sock_filter *list, size_t len, uint32_t last)
{
	static struct filter tree;

	errno = 0;
	assert_int_equal(filter_add_tree(&tree, list, len, last), -1);
	assert_int_equal(errno, EINVAL);
}

static void
what_is_no_such_list_is_refused(void **state)
{
	const struct sock_filter number_too_large[] = {
		ALWAYS(FILTER_NUMBERS, 1), VERDICT(1)
	};
	const struct sock_filter without_body[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0), VERDICT(1)
	};
	/* It would fall into its neighbour. */
	const struct sock_filter without_verdict[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), LOAD(ARG_AT),
		VERDICT(1)
	};
	const struct sock_filter without_end[] = { ALWAYS(1, 1), LOAD(ARG_AT) };
	const struct sock_filter other_jump[] = {
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 1, 0, 1), VERDICT(1),
		VERDICT(1)
	};

	(void)state;
	assert_refused(rules, 0, 100);
	assert_refused(rules, LEN(rules), FILTER_NUMBERS);
	assert_refused(rules, 2, 100); /* the body is what is left over */
	assert_refused(number_too_large, LEN(number_too_large), 100);
	assert_refused(without_body, LEN(without_body), 100);
	assert_refused(without_verdict, LEN(without_verdict), 100);
	assert_refused(without_end, LEN(without_end), 100);
	assert_refused(other_jump, LEN(other_jump), 100);
}

static void
there_is_room_for_so_much(void **state)
{
	static struct filter filter;
	size_t i;

	(void)state;
	for (i = 0; i < FILTER_MAX - 1; i++)
		assert_int_equal(filter_add(&filter, load_number, 1), 0);
	errno = 0;
	assert_int_equal(filter_add_tree(&filter, rules, LEN(rules), 100), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(filter.len, FILTER_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_decides_as_the_list),
		cmocka_unit_test(a_large_one_is_short_work),
		cmocka_unit_test(without_rules_one_verdict_is_all),
		cmocka_unit_test(what_is_no_such_list_is_refused),
		cmocka_unit_test(there_is_room_for_so_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
