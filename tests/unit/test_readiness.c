/* SPDX-License-Identifier: MIT */
/* The service is ready with the first sandbox, not with a network. */
#include "supervisor_support.h"

#include <sys/socket.h>

/* As a guest that has dialled. Returns its end. */
static int
start(struct supervisor *sup, uint32_t index)
{
	uint8_t frame[FRAME_HEADER_LEN + FRAME_READY_LEN];
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	set_state(&sup->pool, index, SLOT_STARTING, 1);
	sup->boxes[index].guest_fd = pair[0];
	assert_int_equal(
	    events_watch(sup, pair[0], EPOLLIN, EVENT_GUEST, index), 0);
	frame_encode_header(frame, FRAME_READY, FRAME_READY_LEN);
	frame_encode_ready(frame + FRAME_HEADER_LEN);
	assert_int_equal(write(pair[1], frame, sizeof(frame)), sizeof(frame));
	/* The header first, then the rest. */
	box_on_frame(sup, index);
	box_on_frame(sup, index);
	return pair[1];
}

/* That a network is there does not say that a program can be run in it. */
static void
a_holder_is_not_the_service(void **state)
{
	struct supervisor *sup = *state;
	int fd = start(sup, NETWORK);

	assert_int_equal(sup->pool.slots[NETWORK].state, SLOT_READY);
	assert_false(sup->systemd.is_told);
	close(fd);
	close(sup->boxes[NETWORK].guest_fd);
}

static void
the_first_sandbox_is(void **state)
{
	struct supervisor *sup = *state;
	int fd = start(sup, 0);

	assert_int_equal(sup->pool.slots[0].state, SLOT_READY);
	assert_true(sup->systemd.is_told);
	assert_true(sup->pool.stock[0].is_proven);
	close(fd);
	close(sup->boxes[0].guest_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_holder_is_not_the_service,
		    make_supervisor, free_supervisor),
		cmocka_unit_test_setup_teardown(
		    the_first_sandbox_is, make_supervisor, free_supervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
