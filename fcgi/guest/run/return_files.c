/* SPDX-License-Identifier: MIT */
/*
 * Finds the files that a program has made in its working directory, when
 * everything of it is dead and nothing changes any more, and sends them to the
 * host. Whatever the program has put there, this ends soon: entries, depth,
 * bytes and time are bounded, no link is followed, and only regular files and
 * directories are ever opened. What cannot be had, or not in time, is left out:
 * never the answer. Nothing is allocated: only the first files by name are
 * kept.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/args_and_files.h"
#include "common/io.h"
#include "guest/host.h"
#include "guest/run/pump.h"

#define CACHE_NAME "__pycache__"
#define OPEN_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
/* Entries of a directory are read so many bytes at a time: the stack has one
 * such buffer for each level. */
#define ENTRIES_BYTES 2048
/* After the deadline, which a grace of 200 ms may have moved: well below the
 * second that the responder waits for a guest that is late. A program that has
 * ended earlier leaves more time. */
#define FILES_MARGIN_US (400 * 1000)

struct collected_file {
	char path[EXTRAS_PATH_MAX + 1]; /* below the working directory */
	uint32_t len;                   /* bytes */
};

/* The first ones by name, in that order, each below RETURN_BYTES_MAX. */
struct collected {
	struct collected_file files[RETURN_FILES_MAX];
	size_t count;
	bool is_cut; /* there are others: too many, too large, not to be read,
		      * too deep, of names that cannot be said */
};

static struct collected collected;

struct walk {
	char path[EXTRAS_PATH_MAX + 1]; /* of what is looked at */
	const char *script;             /* the program's own name */
	struct extras_cursor as_sent;   /* the job's own files */
	struct collected *found;
	uint64_t deadline_us;
	uint32_t entries_left;
};

/* As getdents64(2) has them. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t entry_len;
	uint8_t type;
	char name[];
};

static void walk_directory(struct walk *walk, int dir_fd, size_t path_len);

static int
open_directory(int fd, const char *name)
{
	return openat(fd, name, OPEN_FLAGS | O_DIRECTORY | O_CLOEXEC);
}

/* A regular file, or -1. Nothing else is opened: that could have effects. */
static int
open_file(int dir_fd, const char *name, struct stat *status)
{
	int fd;

	if (fstatat(dir_fd, name, status, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(status->st_mode))
		return -1;
	fd = openat(dir_fd, name, OPEN_FLAGS | O_CLOEXEC);
	if (fd != -1 && (fstat(fd, status) == -1 || !S_ISREG(status->st_mode)))
		fd_close(&fd);
	return fd;
}

static bool
has_content(int fd, const uint8_t *data, size_t len)
{
	uint8_t piece[4096];
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = read(fd, piece, len < sizeof(piece) ? len : sizeof(piece));
		if (n <= 0 || memcmp(piece, data, (size_t)n) != 0)
			return false;
	}
	return true;
}

/* Is it one of the job's own, byte for byte? */
static bool
is_as_sent(struct extras_cursor cursor, const char *path, int fd, off_t len)
{
	struct extras_file file;

	while (extras_next(&cursor, &file)) {
		if (strcmp(file.path, path) == 0)
			return len == (off_t)file.len &&
			       has_content(fd, file.data, file.len);
	}
	return false;
}

/* Puts a file into its place by name, if that is among the first. */
static void
keep(struct collected *found, const char *path, uint32_t len)
{
	size_t at = found->count;

	while (at > 0 && strcmp(found->files[at - 1].path, path) > 0)
		at--;
	if (found->count == RETURN_FILES_MAX)
		found->is_cut = true;
	else
		found->count++;
	if (at == found->count)
		return;
	memmove(&found->files[at + 1], &found->files[at],
	    (found->count - 1 - at) * sizeof(found->files[0]));
	memcpy(found->files[at].path, path, strlen(path) + 1);
	found->files[at].len = len;
}

/* name is the end of the walk's path, in dir_fd. */
static void
take_file(struct walk *walk, int dir_fd, const char *name)
{
	struct stat status;
	int fd;

	if (strcmp(walk->script, walk->path) == 0)
		return;
	fd = open_file(dir_fd, name, &status);
	if (fd == -1 || status.st_size > RETURN_BYTES_MAX)
		walk->found->is_cut = true;
	else if (!is_as_sent(walk->as_sent, walk->path, fd, status.st_size))
		keep(walk->found, walk->path, (uint32_t)status.st_size);
	fd_close(&fd);
}

static void
enter_directory(struct walk *walk, int dir_fd, const char *name)
{
	size_t len = strlen(walk->path);
	int fd;

	if (strcmp(name, CACHE_NAME) == 0)
		return;
	fd = open_directory(dir_fd, name);
	if (fd == -1 || len == EXTRAS_PATH_MAX) {
		walk->found->is_cut = true;
	} else {
		walk->path[len] = '/';
		walk_directory(walk, fd, len + 1);
	}
	fd_close(&fd);
}

static void
look_at(struct walk *walk, int dir_fd, size_t path_len, const char *name)
{
	struct stat status;

	if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) == -1 ||
	    (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
		return;
	if (strlen(name) > EXTRAS_PATH_MAX - path_len) {
		walk->found->is_cut = true;
		return;
	}
	memcpy(walk->path + path_len, name, strlen(name) + 1);
	/* This also ends the descent: a path below some depth is not safe. */
	if (!file_path_is_sayable(walk->path))
		walk->found->is_cut = true;
	else if (S_ISDIR(status.st_mode))
		enter_directory(walk, dir_fd, name);
	else
		take_file(walk, dir_fd, name);
}

/* False: it has been looked at enough. */
static bool
may_go_on(struct walk *walk)
{
	if (walk->entries_left > 0 && io_now_us() < walk->deadline_us) {
		walk->entries_left--;
		return true;
	}
	walk->found->is_cut = true;
	return false;
}

/* path_len bytes of the walk's path, none or up to a slash, lead there. */
static void
walk_directory(struct walk *walk, int dir_fd, size_t path_len)
{
	_Alignas(struct entry) char entries[ENTRIES_BYTES];
	const struct entry *entry;
	long len;
	long at;

	for (;;) {
		len = syscall(SYS_getdents64, dir_fd, entries, sizeof(entries));
		if (len <= 0)
			break;
		for (at = 0; at < len; at += entry->entry_len) {
			entry = (const struct entry *)(entries + at);
			if (strcmp(entry->name, ".") == 0 ||
			    strcmp(entry->name, "..") == 0)
				continue;
			if (!may_go_on(walk))
				return;
			look_at(walk, dir_fd, path_len, entry->name);
		}
	}
	if (len == -1)
		walk->found->is_cut = true;
}

/*
 * root_fd is a directory, or AT_FDCWD for the current one. Left out are the
 * program itself, the files of the job that are as they were sent, and
 * __pycache__.
 */
static void
find_files(int root_fd, const struct job *job, uint64_t deadline_us,
    struct collected *found)
{
	const char *argv[EXTRAS_ARGS_MAX + 2];
	struct walk walk = { .found = found,
		.deadline_us = deadline_us,
		.entries_left = RETURN_ENTRIES_MAX };
	int fd = open_directory(root_fd, ".");

	(void)extras_argv(job->extras, job->extras_len, argv);
	walk.script = argv[0];
	extras_files(&walk.as_sent, job->extras, job->extras_len);
	found->count = 0;
	found->is_cut = fd == -1;
	if (fd != -1)
		walk_directory(&walk, fd, 0);
	fd_close(&fd);
}

/* A file that was found, to be read: a descriptor, or -1. */
static int
open_found(int root_fd, const struct collected_file *file)
{
	char path[sizeof(file->path)];
	char *rest = path;
	int dir_fd = open_directory(root_fd, ".");
	struct stat status;
	int fd;

	memcpy(path, file->path, sizeof(path));
	while (dir_fd != -1 && strchr(rest, '/') != NULL) {
		fd = open_directory(dir_fd, strsep(&rest, "/"));
		fd_close(&dir_fd);
		dir_fd = fd;
	}
	if (dir_fd == -1)
		return -1;
	fd = open_file(dir_fd, rest, &status);
	fd_close(&dir_fd);
	if (fd != -1 && status.st_size != (off_t)file->len)
		fd_close(&fd);
	return fd;
}

/* 0, or -1: the host is gone. A file that cannot be read is taken back. */
static int
send_content(const struct pump *pump, uint8_t *buffer,
    const struct collected_file *file, int fd)
{
	uint8_t *payload = buffer + FRAME_HEADER_LEN;
	size_t used = file_piece_encode_head(payload, file->path, file->len);
	size_t left = file->len;
	size_t len;
	ssize_t n;

	do {
		len = FRAME_PAYLOAD_MAX - used;
		len = len < left ? len : left;
		n = read(fd, payload + used, len);
		if (n < 0 || (n == 0 && left > 0)) {
			if (used > 0 && host_send_frame(pump->host_fd, buffer,
					    FRAME_FILE, used) == -1)
				return -1;
			collected.is_cut = true;
			return host_send_frame(
			    pump->host_fd, buffer, FRAME_FILE, 0);
		}
		if (host_send_frame(pump->host_fd, buffer, FRAME_FILE,
			used + (size_t)n) == -1)
			return -1;
		left -= (size_t)n;
		used = 0;
	} while (left > 0);
	return 0;
}

/* Files go whole or not at all, as long as there is room and time. */
static int
send_all(
    const struct pump *pump, uint8_t *buffer, int root_fd, uint64_t deadline_us)
{
	uint32_t room = RETURN_BYTES_MAX;
	size_t i;
	int rc;
	int fd;

	for (i = 0; i < collected.count; i++) {
		const struct collected_file *file = &collected.files[i];

		fd = -1;
		if (file->len <= room && io_now_us() < deadline_us)
			fd = open_found(root_fd, file);
		if (fd == -1) {
			collected.is_cut = true;
			continue;
		}
		room -= file->len;
		rc = send_content(pump, buffer, file, fd);
		fd_close(&fd);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
return_files(struct pump *pump, uint8_t *buffer)
{
	uint64_t deadline_us = pump->deadline_us + FILES_MARGIN_US;
	const struct child *child = pump->child;
	int root_fd = child_is_forked(child) ? child->box_fd : AT_FDCWD;

	find_files(root_fd, pump->job, deadline_us, &collected);
	if (send_all(pump, buffer, root_fd, deadline_us) == -1)
		return -1;
	if (collected.is_cut)
		pump->verdict.truncated |= VERDICT_TRUNCATED_FILES;
	return 0;
}
