# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2154 # build.sh says what, from where, and whereto
#
# Takes Debian's packages from the mirrors that this host's apt uses and unpacks
# them into $root: $packages with what they depend on, $lone_packages alone.

# One "deb ..." line for each Debian archive that the host's apt knows, on
# whatever release the host itself is. Third parties' archives stay out.
list_sources() {
	# shellcheck disable=SC2016 # apt fills these in, not the shell
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
	    'Identifier: Packages' 'Origin: Debian' |
	    awk -v suite="$suite" -v keyring="$keyring" '$3 == "main" {
		sub(/^[a-z]+/, suite, $2)
		print "deb [signed-by=" keyring "]", $1, $2, "main"
	    }' | sort -u
}

# How the host reaches its mirrors: proxies, time-outs, frozen mirrors.
list_apt_options() {
	apt-config dump --format '%f "%v";%n' Acquire |
	    grep -E '^Acquire::(Check-|https?::|Retries|ForceIPv)' || :
}

# Both run as hooks of mmdebstrap, with the new root as their argument.
write_hooks() {
	cat >"$work/merge-usr" <<-'END'
		#!/bin/sh -e
		for dir in bin sbin lib lib64; do
			mkdir -p "$1/usr/$dir"
			ln -s "usr/$dir" "$1/$dir"
		done
	END
	cat >"$work/unpack-lone" <<-'END'
		#!/bin/sh -e
		cd "$1/var/cache/apt/archives"
		APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
		export APT_CONFIG
		apt-get -qq download $LONE_PACKAGES
		for name in $LONE_PACKAGES; do
			dpkg-deb --fsys-tarfile "$name"_*.deb |
			    tar -x -C "$1" --keep-directory-symlink
		done
		for deb in *.deb; do
			dpkg-deb --show --showformat '${Package}=${Version}\n' "$deb"
		done | sort >"$VERSIONS"
	END
	chmod +x "$work/merge-usr" "$work/unpack-lone"
}

unpack_packages() {
	list_sources >"$work/sources.list"
	# Container images of Debian come without apt's lists, which know them.
	if [ ! -s "$work/sources.list" ]; then
		apt-get -qq update || :
		list_sources >"$work/sources.list"
	fi
	[ -s "$work/sources.list" ] ||
		die "apt knows no Debian archive (see apt-get update): use --base IMAGE."
	list_apt_options >"$work/apt.conf"
	write_hooks
	export LONE_PACKAGES="$lone_packages" VERSIONS="$work/versions"
	mmdebstrap --quiet --mode=root --variant=extract --format=directory \
	    --include="$(echo "$packages" | xargs | tr ' ' ,)" \
	    --aptopt="$work/apt.conf" --setup-hook="$work/merge-usr" \
	    --extract-hook="$work/unpack-lone" \
	    "$suite" "$root" "$work/sources.list" ||
		die "the packages could not be fetched: see the message above."
}
