#!/bin/bash
# SPDX-License-Identifier: MIT
#
# make install, make uninstall. A manifest below SHAREDIR lists the files that
# were installed, with checksums: uninstall removes these and nothing else, and
# keeps a file that was changed since then.
#
# Environment, all of it set by the Makefile: DESTDIR, BUILD, SBINDIR,
# LIBEXECDIR, SHAREDIR, MANDIR, DOCDIR, SYSCONFDIR, UNITDIR, SYSUSERSDIR,
# TMPFILESDIR, RUN_DIR, LOG_DIR.
set -euo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PACKAGE=$ROOT/fcgi/package
MANIFEST=$DESTDIR$SHAREDIR/manifest
CONF=$SYSCONFDIR/safe-code-executor/sced.conf
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
OLD=$WORK/old
NEW=$WORK/new
: >"$OLD"
: >"$NEW"

say() {
	printf '%s\n' "$*"
}

die() {
	printf 'install: %s\n' "$*" >&2
	exit 1
}

# They stand in sed commands, in units and in configuration files.
check_places() {
	local name
	for name in SBINDIR LIBEXECDIR SHAREDIR MANDIR DOCDIR SYSCONFDIR UNITDIR \
	    SYSUSERSDIR TMPFILESDIR RUN_DIR LOG_DIR; do
		[[ ${!name} =~ ^(/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)+$ ]] ||
			die "$name=${!name} must be an absolute path of letters," \
			    "digits and ._+- ."
	done
	[[ -z $DESTDIR || $DESTDIR == /* ]] ||
		die "DESTDIR=$DESTDIR must be an absolute path."
}

sum() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# --- manifest: "dir PATH" or "file SUM PATH", as it was put there -------------

is_recorded() {
	grep -qxF -- "$1" "$OLD"
}

# Directories that are not ours are not recorded, and stay.
make_dir() {
	[ "$1" != / ] || return 0
	make_dir "$(dirname "$1")"
	if [ ! -d "$DESTDIR$1" ]; then
		mkdir "$DESTDIR$1"
	elif ! is_recorded "dir $1"; then
		return 0
	fi
	grep -qxF -- "dir $1" "$NEW" || echo "dir $1" >>"$NEW"
}

# put FROM MODE TO
put() {
	make_dir "$(dirname "$3")"
	install -m "$2" "$1" "$DESTDIR$3"
	echo "file $(sum "$1") $3" >>"$NEW"
}

# put_config FROM TO: never over what somebody has changed.
put_config() {
	local there=$DESTDIR$2
	if [ -e "$there" ] && ! cmp -s "$1" "$there" &&
		! is_recorded "file $(sum "$there") $2"; then
		say "$2 has been changed and stays; the new one is $2.new"
		put "$1" 0644 "$2.new"
		# Still ours, should it be changed back.
		echo "file $(sum "$1") $2" >>"$NEW"
		return
	fi
	put "$1" 0644 "$2"
}

# remove LIST: from the last line to the first, so that files go before their
# directories.
remove() {
	local kind rest path
	tac "$1" | while read -r kind rest; do
		if [ "$kind" = dir ]; then
			rmdir --ignore-fail-on-non-empty "$DESTDIR$rest" \
			    2>/dev/null || :
			continue
		fi
		path=${rest#* }
		[ -e "$DESTDIR$path" ] || continue
		if [ "$(sum "$DESTDIR$path")" != "${rest%% *}" ]; then
			say "$path has been changed and stays."
		else
			rm "$DESTDIR$path"
		fi
	done
}

# --- texts with places in them ---------------------------------------------------

# fill FROM TO
fill() {
	sed -e "s,@SBINDIR@,$SBINDIR,g" -e "s,@LIBEXECDIR@,$LIBEXECDIR,g" \
	    -e "s,@SHAREDIR@,$SHAREDIR,g" -e "s,@SYSCONFDIR@,$SYSCONFDIR,g" \
	    -e "s,@RUN_DIR@,$RUN_DIR,g" -e "s,@LOG_DIR@,$LOG_DIR,g" \
	    -e "s,@DOCDIR@,$DOCDIR,g" "$1" >"$2"
	if grep -q '@[A-Z_]*@' "$2"; then
		say "$1 has a place that is unknown here" >&2
		exit 1
	fi
}

# put_filled FROM MODE TO
put_filled() {
	fill "$1" "$WORK/filled"
	put "$WORK/filled" "$2" "$3"
}

# The example, every key at its default, with what this installation is.
make_sced_conf() {
	sed -e "s,^run_dir =.*,run_dir = $RUN_DIR," \
	    -e "s,^log_dir =.*,log_dir = $LOG_DIR," \
	    -e "s,^responder =.*,responder = $LIBEXECDIR/sce-responder," \
	    -e "s,^guest =.*,guest = $LIBEXECDIR/sce-guest," \
	    -e "s,^seccomp_profile =.*,seccomp_profile = $SHAREDIR/seccomp.json," \
	    -e "s,^\(seccomp_fork_profile\) =.*,\1 = $SHAREDIR/seccomp-fork.json," \
	    -e "s,^docker_cli =.*,docker_cli = $LIBEXECDIR/sce-docker," \
	    -e "s,^gate =.*,gate = $LIBEXECDIR/sce-gate.so," \
	    "$ROOT/fcgi/supervisor/sced.conf" >"$WORK/sced.conf"
}

# make_site TO [--tls]: by the program that is installed for it, in place.
make_site() {
	local to=$1
	shift
	SCED=$BUILD/sced FILES=$DESTDIR$SHAREDIR \
	    bash "$DESTDIR$SBINDIR/sce-make-site" -c "$WORK/sced.conf" "$@" |
		sed "s,$WORK/sced.conf,$CONF," >"$to"
}

# --- the two commands --------------------------------------------------------------

install_programs() {
	put "$BUILD/sced" 0755 "$SBINDIR/sced"
	put_filled "$PACKAGE/make_image.sh" 0755 "$SBINDIR/sce-make-image"
	put_filled "$PACKAGE/make_site.sh" 0755 "$SBINDIR/sce-make-site"
	put "$BUILD/sce-responder" 0755 "$LIBEXECDIR/sce-responder"
	put "$BUILD/sce-docker" 0755 "$LIBEXECDIR/sce-docker"
	put "$BUILD/sce-guest" 0755 "$LIBEXECDIR/sce-guest"
	put "$BUILD/sce-gate.so" 0755 "$LIBEXECDIR/sce-gate.so"
	sed "s,^parts=.*,parts=$SHAREDIR/image," "$ROOT/fcgi/image/build.sh" \
	    >"$WORK/build-image"
	put "$WORK/build-image" 0755 "$LIBEXECDIR/build-image"
	put "$ROOT/fcgi/image/packages.sh" 0644 "$SHAREDIR/image/packages.sh"
	put "$ROOT/fcgi/image/python-sci.sh" 0644 "$SHAREDIR/image/python-sci.sh"
	put "$ROOT/fcgi/service/common.sh" 0644 "$SHAREDIR/common.sh"
	put "$ROOT/fcgi/service/stage.sh" 0644 "$SHAREDIR/stage.sh"
}

install_data() {
	local file
	put "$ROOT/fcgi/image/seccomp.json" 0644 "$SHAREDIR/seccomp.json"
	"$ROOT/fcgi/image/seccomp-fork.sh" <"$ROOT/fcgi/image/seccomp.json" \
	    >"$WORK/seccomp-fork.json"
	put "$WORK/seccomp-fork.json" 0644 "$SHAREDIR/seccomp-fork.json"
	put "$ROOT/nginx/nginx.conf.in" 0644 "$SHAREDIR/nginx.conf.in"
	while IFS= read -r file; do
		put "$ROOT/html/$file" 0644 "$SHAREDIR/html/$file"
	done < <(cd "$ROOT/html" && find . -type f ! -path '*/.*' \
	    -printf '%P\n' | sort)
	# They lie side by side here, so that links between them are names.
	for file in "$ROOT"/README.md "$ROOT"/fcgi/doc/*.md; do
		sed 's,](fcgi/doc/,](,g' "$file" >"$WORK/document"
		put "$WORK/document" 0644 "$DOCDIR/${file##*/}"
	done
	for file in "$ROOT"/fcgi/*/*.[58]; do
		put_filled "$file" 0644 \
		    "$MANDIR/man${file##*.}/${file##*/}"
	done
}

install_system() {
	local unit
	for unit in sced.service sced.socket sce-image.service; do
		put_filled "$PACKAGE/systemd/$unit" 0644 "$UNITDIR/$unit"
	done
	put_filled "$PACKAGE/sysusers.conf" 0644 \
	    "$SYSUSERSDIR/safe-code-executor.conf"
	put_filled "$PACKAGE/tmpfiles.conf" 0644 \
	    "$TMPFILESDIR/safe-code-executor.conf"
	fill "$PACKAGE/logrotate.conf" "$WORK/logrotate"
	put_config "$WORK/logrotate" \
	    "$SYSCONFDIR/logrotate.d/safe-code-executor"
	make_sced_conf
	put_config "$WORK/sced.conf" "$CONF"
	make_site "$WORK/site"
	put_config "$WORK/site" \
	    "$SYSCONFDIR/nginx/sites-available/safe-code-executor"
	make_site "$WORK/site-tls" --tls
	put "$WORK/site-tls" 0644 "$DOCDIR/examples/nginx-tls.conf"
}

say_what_is_next() {
	[ -z "$DESTDIR" ] || return 0
	cat <<-END
		Installed. To start it:
		  systemd-sysusers && systemd-tmpfiles --create
		  systemctl daemon-reload
		  systemctl enable --now sced.service
		  ln -s ../sites-available/safe-code-executor $SYSCONFDIR/nginx/sites-enabled/
		  systemctl reload nginx
	END
}

command_install() {
	[ ! -f "$MANIFEST" ] || cp "$MANIFEST" "$OLD"
	[ -z "$DESTDIR" ] || mkdir -p "$DESTDIR"
	make_dir "$SHAREDIR"
	install_programs
	install_data
	install_system
	# Files of an older version that this one does not have.
	awk 'NR == FNR { is_new[$1, $NF]; next } !(($1, $NF) in is_new)' \
	    "$NEW" "$OLD" >"$WORK/gone"
	remove "$WORK/gone"
	install -m 0644 "$NEW" "$MANIFEST"
	say_what_is_next
}

# A link to what is no longer there would keep nginx from starting again, for
# all sites.
disable_site() {
	local link=$DESTDIR$SYSCONFDIR/nginx/sites-enabled/safe-code-executor
	if [ -L "$link" ] && [ ! -e "$link" ]; then
		rm "$link"
		say "The site's link in sites-enabled is removed: reload nginx."
	fi
}

command_uninstall() {
	if [ ! -f "$MANIFEST" ]; then
		say "Nothing to remove: there is no $MANIFEST"
		return
	fi
	cp "$MANIFEST" "$OLD"
	rm "$MANIFEST"
	remove "$OLD"
	disable_site
	say "Not made by make install, and left: $LOG_DIR, Docker's image."
	[ -n "$DESTDIR" ] || say "Should it still run:" \
	    "systemctl disable --now sced.service sced.socket"
}

check_places
case ${1:-} in
install) command_install ;;
uninstall) command_uninstall ;;
*) say "usage: install.sh install|uninstall" >&2; exit 2 ;;
esac
