#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Stands for the docker client. It is the real one, whose path is in
# SELF.d/real, or for sced, whose clients have no home, sce-docker, whose path
# is in SELF.d/own, unless a file in SELF.d says otherwise, SELF being its own
# path and COMMAND the word behind it (run, kill, rm, ps, image):
#
#   COMMAND.hang      a FIFO: nothing happens until a line is written to it
#   COMMAND.slow      it waits for as many seconds as stand in it
#   COMMAND.fail      it prints the file on its standard error and exits 1
#   run.never_dials   the container sleeps, instead of running the guest
#   run.program       the container runs python3.11 on this program instead
#   run.user          the container gets this --user
#   ps.also, ps.once  these lines are listed, too, and the latter only once
#
# Every call is noted in SELF.d/calls: the time in seconds, the command.
CONTROL=$0.d
COMMAND=$1
CLIENT=$(<"$CONTROL/real")
[ "$HOME" != /nonexistent ] || CLIENT=$(<"$CONTROL/own")

# ordered NAME: prints the file that orders it; 1 if there is none.
ordered() {
	[ -e "$CONTROL/$1" ] && printf '%s' "$(<"$CONTROL/$1")"
}

# replace OPTION VALUE: in ARGS
replace() {
	local i
	for i in "${!ARGS[@]}"; do
		[ "${ARGS[i]}" != "$1" ] || ARGS[i + 1]=$2
	done
}

# Behind the image, the only word of its form, stand the guest's arguments.
cut_behind_image() {
	local i
	for i in "${!ARGS[@]}"; do
		[[ ${ARGS[i]} != sha256:* ]] || ARGS=("${ARGS[@]:0:i+1}")
	done
}

printf '%s %s\n' "$EPOCHREALTIME" "$COMMAND" >>"$CONTROL/calls"
if [ -p "$CONTROL/$COMMAND.hang" ]; then
	# No child that would outlive this process; opened for both, no end.
	read -r _ <>"$CONTROL/$COMMAND.hang"
fi
if seconds=$(ordered "$COMMAND.slow"); then
	sleep "$seconds"
fi
if message=$(ordered "$COMMAND.fail"); then
	printf '%s\n' "$message" >&2
	exit 1
fi

ARGS=("$@")
if [ "$COMMAND" = run ] && user=$(ordered run.user); then
	replace --user "$user"
fi
if [ "$COMMAND" = run ] && [ -e "$CONTROL/run.never_dials" ]; then
	replace --entrypoint /bin/sleep
	cut_behind_image
	ARGS+=(600) # longer than any start_timeout here
fi
if [ "$COMMAND" = run ] && program=$(ordered run.program); then
	replace --entrypoint /usr/bin/python3.11
	cut_behind_image
	ARGS+=(-c "$program")
fi
if [ "$COMMAND" = ps ]; then
	"$CLIENT" "$@" || exit
	cat "$CONTROL/ps.also" "$CONTROL/ps.once" 2>/dev/null
	rm -f "$CONTROL/ps.once"
	exit 0
fi
exec "$CLIENT" "${ARGS[@]}"
