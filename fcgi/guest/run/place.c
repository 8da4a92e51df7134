/* SPDX-License-Identifier: MIT */
#include "guest/run/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/io.h"

/* The directories above a path. 0, or -1 with errno. */
static int
make_parents(const char *path)
{
	char parent[EXTRAS_PATH_MAX + 1];
	size_t len = 0;

	for (;;) {
		len += strcspn(path + len, "/");
		if (path[len] == '\0')
			return 0;
		memcpy(parent, path, len); /* a safe path fits */
		parent[len++] = '\0';
		if (mkdir(parent, 0755) == -1 && errno != EEXIST)
			return -1;
	}
}

int
place_file(const char *path, const void *data, size_t len)
{
	int fd = -1;
	int rc;

	if (make_parents(path) == 0)
		fd = open(path,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd == -1)
		return -1;
	rc = io_write_all(fd, data, len, IO_FOREVER);
	fd_close(&fd);
	return rc;
}

int
place_files(const uint8_t *extras, size_t len)
{
	struct extras_cursor cursor;
	struct extras_file file;

	extras_files(&cursor, extras, len);
	while (extras_next(&cursor, &file)) {
		if (place_file(file.path, file.data, file.len) == -1)
			return -1;
	}
	return 0;
}
