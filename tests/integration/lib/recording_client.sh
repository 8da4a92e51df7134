#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Stands for the docker client: notes its words in a new file of SELF.d, each
# with a NUL behind it, and then is the client whose path is in SELF.real.
SELF=$0
NOTE=$(mktemp "$SELF.d/.note.XXXXXX")
printf '%s\0' "$@" >"$NOTE"
# Whole or not there, for whoever looks.
mv "$NOTE" "$SELF.d/$1.${NOTE##*.}"
exec "$(<"$SELF.real")" "$@"
