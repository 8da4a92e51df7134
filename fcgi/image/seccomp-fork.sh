#!/bin/sh
# SPDX-License-Identifier: MIT
#
# seccomp-fork.sh <seccomp.json >seccomp-fork.json
#
# The profile of a sandbox with isolation = fork: seccomp.json, and the three
# calls with which the guest's gate makes a run's own namespaces, each with the
# one set of flags that it uses. The strict filter takes them back from the
# program. The numbers are INIT_FLAGS of guest/gate/gate.c and MOUNT_FLAGS of
# guest/gate/namespaces.c.
set -eu

exec awk '
	{ removed += sub(/"mount", /, "") }
	{ print }
	/^\t"syscalls": \[$/ {
		added++
		rule("A clone into fresh user, pid, mount, network, ipc and uts namespaces, as a sibling.",
		    "clone", 0, "2080538897")
		rule("A fresh file system: nosuid, nodev, noexec. Not a bind, a move, a change of what is there.",
		    "mount", 3, "14")
		print "\t\t{\n\t\t\t\"comment\": \"Giving up what the namespaces gave.\","
		print "\t\t\t\"names\": [\"capset\"],"
		print "\t\t\t\"action\": \"SCMP_ACT_ALLOW\"\n\t\t},"
	}
	function rule(comment, name, argument, value) {
		print "\t\t{\n\t\t\t\"comment\": \"" comment "\","
		print "\t\t\t\"names\": [\"" name "\"],\n\t\t\t\"args\": ["
		print "\t\t\t\t{ \"index\": " argument ", \"op\": \"SCMP_CMP_EQ\","
		print "\t\t\t\t  \"value\": " value " }\n\t\t\t],"
		print "\t\t\t\"action\": \"SCMP_ACT_ALLOW\"\n\t\t},"
	}
	END { exit removed == 1 && added == 1 ? 0 : 1 }'
