#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bare_root.sh PACKAGE.deb ROOT
#
# Debian bookworm with what is essential and apt, and then the package, which
# has to bring in what it needs. No daemon may start meanwhile. The package is
# installed by the new root's own apt, never by this machine's: that one would
# run this machine's dpkg.
set -euo pipefail
umask 022
PACKAGE=$1
ROOT=$2
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# The mirrors that this machine uses, and how it reaches them.
# shellcheck disable=SC2016 # apt fills these in, not the shell
apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
    'Identifier: Packages' 'Origin: Debian' |
	awk -v keyring="$KEYRING" '$3 == "main" {
		print "deb [signed-by=" keyring "]", $1, $2, "main"
	}' | sort -u >"$WORK/sources.list"
[ -s "$WORK/sources.list" ] || {
	echo "apt knows no Debian archive" >&2
	exit 1
}
apt-config dump --format '%f "%v";%n' Acquire |
	grep -E '^Acquire::(Check-|https?::|Retries|ForceIPv)' \
	    >"$WORK/apt.conf" || :

cat >"$WORK/forbid-daemons" <<-'END'
	#!/bin/sh -e
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 0755 "$1/usr/sbin/policy-rc.d"
END
cat >"$WORK/install-package" <<-'END'
	#!/bin/sh -e
	cp "$PACKAGE" "$1/root/package.deb"
	DEBIAN_FRONTEND=noninteractive chroot "$1" apt-get -qq -y \
	    --no-install-recommends install /root/package.deb
END
chmod +x "$WORK/forbid-daemons" "$WORK/install-package"

export PACKAGE
mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
    --aptopt="$WORK/apt.conf" --dpkgopt=force-unsafe-io \
    --essential-hook="$WORK/forbid-daemons" \
    --customize-hook="$WORK/install-package" \
    bookworm "$ROOT" "$WORK/sources.list"
