/* SPDX-License-Identifier: MIT */
/* What is found in a folder that a hostile program has left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/io.h"
#include "guest/run/return_files.c"

static char home[] = "/tmp/test_collect.XXXXXX";
static struct collected found;
static const struct job plain_job;

static int
make_home(void **state)
{
	(void)state;
	strcpy(home + sizeof(home) - 7, "XXXXXX");
	return mkdtemp(home) == NULL || chdir(home) == -1 ? -1 : 0;
}

static int
remove_one(
    const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
remove_home(void **state)
{
	(void)state;
	return nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS) | chdir("/");
}

static void
put(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_int_not_equal(fd, -1);
	assert_int_equal(io_write_all(fd, data, len, IO_FOREVER), 0);
	fd_close(&fd);
}

static void
find(const struct job *job)
{
	find_files(AT_FDCWD, job, IO_FOREVER, &found);
}

/* All that was found, in its order. */
static void
assert_found(const char *const *paths, size_t count, bool is_cut)
{
	size_t i;

	for (i = 0; i < count && i < found.count; i++)
		assert_string_equal(found.files[i].path, paths[i]);
	assert_int_equal(found.count, count);
	assert_int_equal(found.is_cut, is_cut);
}

#define ASSERT_FOUND(cut, ...)                                                 \
	do {                                                                   \
		const char *const paths[] = { __VA_ARGS__ };                   \
		assert_found(paths, sizeof(paths) / sizeof(*paths), cut);      \
	} while (0)

static void
files_and_folders_by_name(void **state)
{
	(void)state;
	put("b", "22", 2);
	put("a", "", 0);
	put("main.py", "x", 1);
	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(mkdir("d/e", 0755), 0);
	assert_int_equal(mkdir("empty", 0755), 0);
	assert_int_equal(mkdir("d/__pycache__", 0755), 0);
	put("d/__pycache__/m.pyc", "x", 1);
	put("d/e/main.py", "333", 3);
	find(&plain_job);
	ASSERT_FOUND(false, "a", "b", "d/e/main.py");
	assert_int_equal(found.files[0].len, 0);
	assert_int_equal(found.files[1].len, 2);
	assert_int_equal(found.files[2].len, 3);
}

static void
a_found_file_can_be_read(void **state)
{
	char text[4] = "";
	int root = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	(void)state;
	assert_int_equal(mkdir("d", 0755), 0);
	put("d/a", "123", 3);
	assert_int_equal(chdir("/"), 0);
	find_files(root, &plain_job, IO_FOREVER, &found);
	ASSERT_FOUND(false, "d/a");
	fd = open_found(root, &found.files[0]);
	assert_int_equal(read(fd, text, sizeof(text)), 3);
	assert_string_equal(text, "123");
	fd_close(&fd);
	fd_close(&root);
}

static void
nothing_leads_elsewhere(void **state)
{
	struct collected_file file = { .path = "folder/passwd" };
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat status;

	(void)state;
	assert_int_equal(symlink("/etc/passwd", "link"), 0);
	assert_int_equal(symlink("/etc", "folder"), 0);
	assert_int_equal(symlink("/proc/self/environ", "environ"), 0);
	assert_int_equal(symlink(".", "loop"), 0);
	assert_int_equal(symlink("gone", "dangling"), 0);
	assert_int_equal(mkfifo("fifo", 0644), 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	find(&plain_job);
	assert_int_equal(found.count, 0);
	assert_false(found.is_cut);
	/* Not even if it was a folder when it was found. */
	assert_int_equal(stat("/etc/passwd", &status), 0);
	file.len = (uint32_t)status.st_size;
	assert_int_equal(open_found(AT_FDCWD, &file), -1);
	strcpy(file.path, "link");
	assert_int_equal(open_found(AT_FDCWD, &file), -1);
	strcpy(file.path, "fifo");
	assert_int_equal(open_found(AT_FDCWD, &file), -1);
	fd_close(&fd);
}

static void
names_that_can_not_be_said(void **state)
{
	(void)state;
	put("\xff", "", 0);
	put("a\nb", "", 0);
	find(&plain_job);
	assert_int_equal(found.count, 0);
	assert_true(found.is_cut);
	assert_int_equal(unlink("\xff") | unlink("a\nb"), 0);
	put(" \xc3\xa4'\"", "", 0);
	find(&plain_job);
	ASSERT_FOUND(false, " \xc3\xa4'\"");
}

static void
what_is_too_large(void **state)
{
	(void)state;
	put("whole", "", 0);
	put("huge", "", 0);
	put("over", "", 0);
	assert_int_equal(truncate("whole", RETURN_BYTES_MAX), 0);
	assert_int_equal(truncate("over", RETURN_BYTES_MAX + 1), 0);
	assert_int_equal(truncate("huge", 1L << 40), 0);
	find(&plain_job);
	ASSERT_FOUND(true, "whole");
}

static void
what_is_too_deep(void **state)
{
	char path[64] = "";
	int i;

	(void)state;
	for (i = 0; i < EXTRAS_DEPTH_MAX - 1; i++) {
		strcat(path, "d/");
		assert_int_equal(mkdir(path, 0755), 0);
	}
	strcat(path, "f");
	put(path, "", 0);
	find(&plain_job);
	ASSERT_FOUND(false, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	find(&plain_job);
	assert_int_equal(found.count, 0);
	assert_false(found.is_cut);
	strcat(path, "/f");
	put(path, "", 0);
	find(&plain_job);
	assert_int_equal(found.count, 0);
	assert_true(found.is_cut);
}

static void
the_first_of_too_many(void **state)
{
	char name[16];
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "%03zu", i * 37 % 200);
		put(name, "", 0);
	}
	find(&plain_job);
	assert_int_equal(found.count, RETURN_FILES_MAX);
	assert_true(found.is_cut);
	for (i = 0; i < RETURN_FILES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "%03zu", i);
		assert_string_equal(found.files[i].path, name);
	}
}

static void
not_more_than_so_many_entries(void **state)
{
	char name[16];
	size_t i;

	(void)state;
	put("f", "", 0);
	for (i = 1; i < RETURN_ENTRIES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "l%zu", i);
		assert_int_equal(symlink("f", name), 0);
	}
	find(&plain_job);
	ASSERT_FOUND(false, "f");
	assert_int_equal(symlink("f", "one too many"), 0);
	find(&plain_job);
	assert_true(found.is_cut);
}

static void
the_jobs_own_unless_they_changed(void **state)
{
	static const uint8_t extras[] = "\0\0\0\1\0\0\0\6run.py\0\0\0\0\3"
					"\0\0\0\1a\0\0\0\0\3one"
					"\0\0\0\1b\0\0\0\0\3two"
					"\0\0\0\3d/c\0\0\0\0\5three";
	const struct job job = { .extras = extras,
		.extras_len = sizeof(extras) - 1 };

	(void)state;
	assert_int_equal(mkdir("d", 0755), 0);
	put("run.py", "changed", 7);
	put("main.py", "not the program", 15);
	put("a", "one", 3);
	put("b", "TWO", 3);
	put("d/c", "three!", 6);
	find(&job);
	ASSERT_FOUND(false, "b", "d/c", "main.py");
	put("b", "two", 3);
	put("d/c", "three", 5);
	put("d/a", "one", 3);
	find(&job);
	ASSERT_FOUND(false, "d/a", "main.py");
}

/* For root every mode will do. */
static void
what_may_not_be_read(void **state)
{
	bool is_root = geteuid() == 0;

	(void)state;
	put("a", "", 0);
	assert_int_equal(mkdir("d", 0755), 0);
	put("d/b", "", 0);
	assert_int_equal(chmod("a", 0) | chmod("d", 0), 0);
	find(&plain_job);
	assert_int_equal(chmod("d", 0755), 0);
	assert_int_equal(found.count, is_root ? 2 : 0);
	assert_int_equal(found.is_cut, !is_root);
	find_files(-1, &plain_job, IO_FOREVER, &found);
	assert_int_equal(found.count, 0);
	assert_true(found.is_cut);
}

static void
a_deadline_that_has_come(void **state)
{
	(void)state;
	put("a", "", 0);
	find_files(AT_FDCWD, &plain_job, io_now_us(), &found);
	assert_int_equal(found.count, 0);
	assert_true(found.is_cut);
}

#define IN_HOME(test)                                                          \
	cmocka_unit_test_setup_teardown(test, make_home, remove_home)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HOME(files_and_folders_by_name),
		IN_HOME(a_found_file_can_be_read),
		IN_HOME(nothing_leads_elsewhere),
		IN_HOME(names_that_can_not_be_said),
		IN_HOME(what_is_too_large),
		IN_HOME(what_is_too_deep),
		IN_HOME(the_first_of_too_many),
		IN_HOME(not_more_than_so_many_entries),
		IN_HOME(the_jobs_own_unless_they_changed),
		IN_HOME(what_may_not_be_read),
		IN_HOME(a_deadline_that_has_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
