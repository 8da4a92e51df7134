#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Includes that tests/lint/edges.txt does not allow, and rows and folders that
# are without each other. Prints them; nothing if there are none.
set -euo pipefail
cd "$(dirname "$0")/../.."

grep -rn --include='*.[ch]' '^#include "' fcgi | awk -v table=tests/lint/edges.txt '
	BEGIN {
		while ((getline line <table) > 0) {
			if (line ~ /^#/ || line == "")
				continue
			count = split(line, word, /[: ]+/)
			rows[word[1]] = 1
			for (i = 2; i <= count; i++)
				allowed[word[1], word[i]] = 1
		}
		close(table)
	}
	{
		split($0, part, ":")
		folder = part[1]
		sub(/^fcgi\//, "", folder)
		sub(/\/[^\/]*$/, "", folder)
		header = $0
		sub(/^[^"]*"/, "", header)
		sub(/".*/, "", header)
		owner = header
		sub(/\/[^\/]*$/, "", owner)
		seen[folder] = 1
		if (owner != folder && !((folder, owner) in allowed) &&
		    !((folder, header) in allowed))
			print part[1] ":" part[2] ": " header
	}
	END {
		for (folder in seen)
			if (!(folder in rows))
				print folder ": no row"
		for (folder in rows)
			if (!(folder in seen))
				print folder ": no such folder"
	}'
