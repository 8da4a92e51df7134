/* SPDX-License-Identifier: MIT */
/* Rights, signals and descriptors at the border between two processes. */
#include "supervisor/host/spawn.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <stddef.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * The capabilities that root keeps: for signals to slots' uids, for becoming a
 * responder, for the FastCGI socket's group, and for run directories whoever
 * owns their parents.
 */
static const cap_value_t kept_capabilities[] = { CAP_KILL, CAP_SETUID,
	CAP_SETGID, CAP_SETPCAP, CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER };

void
spawn_set_limits(const struct spawn_limit *limits, size_t count)
{
	struct rlimit limit;
	size_t i;

	for (i = 0; i < count; i++) {
		limit.rlim_cur = limit.rlim_max = limits[i].value;
		if (setrlimit(limits[i].resource, &limit) == -1)
			_exit(126);
	}
}

int
spawn_raise_descriptors(rlim_t needed)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return -1;
	if (limit.rlim_max < needed) {
		errno = EMFILE;
		return -1;
	}
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

static int
is_kept(cap_value_t value)
{
	size_t i;

	for (i = 0; i < sizeof(kept_capabilities) / sizeof(*kept_capabilities);
	     i++) {
		if (kept_capabilities[i] == value)
			return 1;
	}
	return 0;
}

/* Less than all may be there to begin with, in a container for example. */
int
spawn_bound_capabilities(void)
{
	static const cap_flag_t sets[] = { CAP_PERMITTED, CAP_EFFECTIVE,
		CAP_INHERITABLE };
	cap_t caps = cap_get_proc();
	cap_value_t value;
	int rc = 0;
	size_t i;

	if (caps == NULL)
		return -1;
	for (value = 0; cap_get_bound(value) >= 0 && rc == 0; value++) {
		if (is_kept(value))
			continue;
		rc = cap_drop_bound(value);
		for (i = 0; i < sizeof(sets) / sizeof(*sets) && rc == 0; i++)
			rc = cap_set_flag(caps, sets[i], 1, &value, CAP_CLEAR);
	}
	if (rc == 0)
		rc = cap_set_proc(caps);
	(void)cap_free(caps);
	return rc;
}

static int
clear_capabilities(void)
{
	cap_t caps = cap_init(); /* all sets empty */
	int rc;

	if (caps == NULL)
		return -1;
	rc = cap_set_proc(caps);
	(void)cap_free(caps);
	return rc;
}

int
spawn_drop_rights(uint32_t uid)
{
	cap_value_t value;

	/* The bounding set while CAP_SETPCAP is still there. */
	for (value = 0; cap_get_bound(value) >= 0; value++) {
		if (cap_drop_bound(value) == -1)
			return -1;
	}
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return -1;
	if (clear_capabilities() == -1 || cap_reset_ambient() == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	/* Proof: there is no way back. */
	if (setuid(0) != -1 || setgid(0) != -1) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
