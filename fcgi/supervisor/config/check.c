/* SPDX-License-Identifier: MIT */
/* Checks that the values of a configuration fit together. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/un.h>

#include "supervisor/config/schema.h"

#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)
/* RUN_DIR/slots/<name of a slot, 24 at the most>/s */
#define SLOT_SOCKET_LEN (sizeof("/slots/") - 1 + 24 + sizeof("/s") - 1)
/* Directories stand unquoted in nginx.conf and in docker's labels. */
#define DIR_CHARACTERS                                                         \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"

/* name is the key's. */
static int
check_dir(const char *name, const char *dir, char error[CONFIG_ERROR_MAX])
{
	size_t len = strlen(dir);

	if (len < 2 || dir[0] != '/' || dir[len - 1] == '/')
		return config_fail(error,
		    "%s must be an absolute path, not / "
		    "itself, without a / at its end",
		    name);
	if (strspn(dir, DIR_CHARACTERS) != len)
		return config_fail(
		    error, "%s must be of letters, digits and /._- only", name);
	if (strstr(dir, "//") != NULL || strstr(dir, "/./") != NULL ||
	    strstr(dir, "/../") != NULL ||
	    strcmp(strrchr(dir, '/'), "/.") == 0 ||
	    strcmp(strrchr(dir, '/'), "/..") == 0)
		return config_fail(
		    error, "%s must not have //, . or .. in it", name);
	return 0;
}

static int
check_dirs(const struct config *config, char error[CONFIG_ERROR_MAX])
{
	size_t len = strlen(config->run_dir);
	size_t len_max = SOCKET_PATH_MAX - SLOT_SOCKET_LEN;

	if (check_dir("run_dir", config->run_dir, error) == -1 ||
	    check_dir("log_dir", config->log_dir, error) == -1)
		return -1;
	if (len > len_max)
		return config_fail(error,
		    "run_dir is %zu characters long; the sockets"
		    " in it allow %zu",
		    len, len_max);
	return 0;
}

/* One past the highest uid of a sandbox. */
static uint64_t
uid_end(const struct config *config)
{
	return (uint64_t)config->uid_base + config_boxes(config);
}

static int
check_uids(const struct config *config, char error[CONFIG_ERROR_MAX])
{
	if (config->responder_uid < config->uid_base ||
	    config->responder_uid >= uid_end(config))
		return 0;
	return config_fail(error,
	    "responder_uid %" PRIu32 " is one of the sandboxes'"
	    " uids, %" PRIu32 " to %" PRIu64,
	    config->responder_uid, config->uid_base, uid_end(config) - 1);
}

/* Each start would fail otherwise, and not say why to the administrator. */
static int
check_docker(const struct config *config, char error[CONFIG_ERROR_MAX])
{
	if (!config_has_own_client(config) || config->docker_host[0] == '\0' ||
	    strncmp(config->docker_host, "unix:///", 8) == 0)
		return 0;
	return config_fail(error,
	    "docker_host is no unix:// socket; that goes with "
	    "docker_cli = /usr/bin/docker only");
}

int
config_check(const struct config *config, char error[CONFIG_ERROR_MAX])
{
	if (check_dirs(config, error) == -1 ||
	    config_languages_check(config, error) == -1 ||
	    check_uids(config, error) == -1 ||
	    check_docker(config, error) == -1)
		return -1;
	if (config->fork && config_is_gvisor(config))
		return config_fail(error,
		    "isolation = fork does not go with gVisor: "
		    "runtime must be one that uses Linux' own "
		    "namespaces");
	return 0;
}

/* Checks one line of /etc/subuid, user:first:count; passes over any other. */
static int
check_subid_line(const struct config *config, const char *path,
    const char *line, char error[CONFIG_ERROR_MAX])
{
	uint64_t first;
	uint64_t count;
	char user[256];

	if (sscanf(line, "%255[^:]:%10" SCNu64 ":%10" SCNu64, user, &first,
		&count) != 3 ||
	    count == 0)
		return 0;
	if (config->uid_base < first + count && first < uid_end(config))
		return config_fail(error,
		    "the sandboxes' uids %" PRIu32 " to %" PRIu64
		    " meet those that %s gives to %s, %" PRIu64 " to %" PRIu64
		    "; choose another uid_base",
		    config->uid_base, uid_end(config) - 1, path, user, first,
		    first + count - 1);
	if (config->responder_uid >= first &&
	    config->responder_uid < first + count)
		return config_fail(error,
		    "responder_uid %" PRIu32 " is one of those "
		    "that %s gives to %s, %" PRIu64 " to %" PRIu64,
		    config->responder_uid, path, user, first,
		    first + count - 1);
	return 0;
}

int
config_check_subids(
    const struct config *config, const char *path, char error[CONFIG_ERROR_MAX])
{
	FILE *file = fopen(path, "re");
	char line[512];
	int rc = 0;

	if (file == NULL && errno == ENOENT)
		return 0;
	if (file == NULL)
		return config_fail(error, "%s: %s", path, strerror(errno));
	while (rc == 0 && fgets(line, sizeof(line), file) != NULL)
		rc = check_subid_line(config, path, line, error);
	if (rc == 0 && ferror(file))
		rc = config_fail(error, "%s: it can not be read", path);
	fclose(file);
	return rc;
}
