/* SPDX-License-Identifier: MIT */
/* The strict filter as it is loaded says what its list says. */
#include "guest/confine/syscalls.c" /* for the list */

#include <stdlib.h>

#include "filter_support.h"

#define NUMBERS 512
#define ROUNDS 300
#define STEPS_MAX 60 /* the longest rule and the way to it */
#define LEN(array) (sizeof(array) / sizeof(*(array)))

/* What the rules ask for, and what lies beside it. */
static const uint64_t values[] = { 0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 16, 17, 22,
	23, 30, 32, 36, 37, 38, 41, 1024, 1030, 1032, 0x5401, 0x5411, 0x5421,
	S_IFIFO, S_IFREG | 0644, S_IFBLK, SOCK_STREAM | SOCK_CLOEXEC, SOCK_RAW,
	CLONE_NEW_ANY, 0x10000000, 0x3d0f00, PRCTL_SET_VMA, 1ULL << 32,
	UINT32_MAX, UINT64_MAX };

static void
assert_alike(const struct filter *list, const struct seccomp_data *data)
{
	size_t steps;
	uint32_t expected = judge(list->code, list->len, data, &steps);

	if (judge(strict_filter.code, strict_filter.len, data, &steps) !=
		expected ||
	    steps > STEPS_MAX)
		fail_msg("call %d: %#x expected, %zu steps", data->nr, expected,
		    steps);
}

static void
make_list(struct filter *list)
{
	list->len = 0;
	assert_int_equal(filter_add(list, prologue, LEN(prologue)), 0);
	assert_int_equal(filter_add(list, rules, LEN(rules)), 0);
}

static void
the_tree_says_what_the_list_says(void **state)
{
	static struct filter list;
	struct seccomp_data data = { .arch = ARCH_NATIVE };
	uint32_t round;
	size_t i;

	(void)state;
	make_list(&list);
	srandom(1);
	for (data.nr = 0; data.nr < NUMBERS; data.nr++) {
		for (round = 0; round < ROUNDS; round++) {
			assert_alike(&list, &data);
			for (i = 0; i < LEN(data.args); i++)
				data.args[i] =
				    values[(size_t)random() % LEN(values)];
		}
	}
}

static void
numbers_of_no_call_are_refused(void **state)
{
	static const uint32_t numbers[] = { NUMBER_LAST_KNOWN + 1, 0x40000000,
		0x40000001, INT32_MAX, UINT32_MAX };
	size_t steps;
	size_t i;

	(void)state;
	for (i = 0; i < LEN(numbers); i++) {
		const struct seccomp_data data = { .arch = ARCH_NATIVE,
			.nr = (int)numbers[i] };

		assert_int_equal(
		    judge(strict_filter.code, strict_filter.len, &data, &steps),
		    SECCOMP_RET_ERRNO | ENOSYS);
	}
}

static void
calls_of_another_architecture_are_refused(void **state)
{
	struct seccomp_data data = { .arch = AUDIT_ARCH_I386 };
	size_t steps;

	(void)state;
	for (data.nr = 0; data.nr < NUMBERS; data.nr++)
		assert_int_equal(
		    judge(strict_filter.code, strict_filter.len, &data, &steps),
		    SECCOMP_RET_ERRNO | ENOSYS);
}

/* Until it has been made, nothing can be executed. */
static void
without_a_filter_none_is_installed(void **state)
{
	(void)state;
	strict_filter.len = 0;
	errno = 0;
	assert_int_equal(confine_syscalls(), -1);
	assert_int_equal(errno, EINVAL);
}

static int
prepare(void **state)
{
	(void)state;
	return confine_prepare();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    the_tree_says_what_the_list_says, prepare),
		cmocka_unit_test_setup(numbers_of_no_call_are_refused, prepare),
		cmocka_unit_test_setup(
		    calls_of_another_architecture_are_refused, prepare),
		cmocka_unit_test(without_a_filter_none_is_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
