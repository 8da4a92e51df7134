#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sce-make-site: prints a site for Debian's nginx, out of the same template as
# the nginx.conf of `make up`. See sce-make-site(8).
set -euo pipefail

CONFIG=@SYSCONFDIR@/safe-code-executor/sced.conf
SCED=${SCED:-@SBINDIR@/sced}
SHARE=@SHAREDIR@
FILES=${FILES:-$SHARE} # while they are being installed: elsewhere
TLS=no

usage() {
	printf 'usage: sce-make-site [-c FILE] [--tls]\n' >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	-c) [ $# -ge 2 ] || usage; CONFIG=$2; shift ;;
	--tls) TLS=yes ;;
	*) usage ;;
	esac
	shift
done

# Variables that stage.sh reads.
ROOT=$SHARE
RUN_DIR=@RUN_DIR@
# shellcheck source=../service/common.sh
. "$FILES/common.sh"
# shellcheck source=../service/stage.sh
. "$FILES/stage.sh"
NGINX_TEMPLATE=$FILES/nginx.conf.in
SETTINGS=$(mktemp)
trap 'rm -f "$SETTINGS"' EXIT
"$SCED" -c "$CONFIG" --check-config >"$SETTINGS"
LOGS=$(setting service log_dir)
RUN_DIR=$(setting service run_dir)

# In the place of stage.sh's: what a person may want to change.
listen_directives() {
	if [ "$TLS" = no ]; then
		listen_on_loopback
	else
		listen_with_tls
	fi | sed '2,$s/^/\t\t/'
}

listen_on_loopback() {
	cat <<-'END'
		# On loopback only: to offer it to others, see sce-make-site --tls.
		listen 127.0.0.1:5000;
		# listen [::1]:5000;
	END
}

listen_with_tls() {
	cat <<-'END'
		# Change the name and the two files.
		server_name code.example.org;
		listen 443 ssl http2;
		# listen [::]:443 ssl http2;
		ssl_certificate /etc/ssl/certs/code.example.org.pem;
		ssl_certificate_key /etc/ssl/private/code.example.org.key;
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_session_cache shared:sce_tls:1m;
		ssl_session_tickets off;
		# Browsers will not come without TLS again for a year: begin with
		# max-age=3600, an hour, until all is well.
		add_header Strict-Transport-Security max-age=31536000 always;
	END
}

# http {} belongs to Debian's nginx.conf, which has some of the same lines.
# Statements that must stand in it (maps, formats, zones) come first, all others
# move into the one server. A statement ends with ; or } in depth 0, its comments
# are before it.
http_to_site() {
	awk -v error_log="$LOGS/nginx-error.log" '
	function depth_of(line,    text, opened) {
		text = line
		if (text ~ /^[ \t]*#/)
			return 0
		gsub(/"[^"]*"/, "", text)
		gsub(/\047[^\047]*\047/, "", text)
		sub(/#.*/, "", text)
		ended = text ~ /[;}][ \t]*$/
		opened = gsub(/{/, "", text)
		return opened - gsub(/}/, "", text)
	}
	function flush() {
		if (word ~ /^(map|log_format|geo|upstream|split_clients)$/ ||
		    word ~ /^(map_hash|limit_(req|conn)_zone|variables_hash)/)
			outside = outside block
		else if (word !~ /_temp_path$/)
			inside = inside block
		block = word = ""
	}
	/^http {$/ { in_http = 1; next }
	!in_http { next }
	/^}$/ { next }
	/^\tserver {$/ { in_server = 1; inside = inside block; block = ""; next }
	in_server && /^\t}$/ { in_server = 0; next }
	in_server { sub(/^\t/, ""); server = server $0 "\n"; next }
	{ # a line of http {}
		if (word == "" && $0 !~ /^[ \t]*(#|$)/)
			word = $1
		sub(/;.*/, "", word)
		ended = 0
		depth += depth_of($0)
		block = block $0 "\n"
		if (word != "" && depth == 0 && ended)
			flush()
	}
	END {
		gsub(/(^|\n)\t/, "\n", outside)
		printf "%s\nserver {\n%s\n", outside, server
		printf "%s\terror_log %s warn;\n}\n", inside, error_log
	}'
}

heading() {
	cat <<-END
		# SPDX-License-Identifier: MIT
		# Safe Code Executor, a site of nginx: made by sce-make-site out of
		# $SHARE/nginx.conf.in and $CONFIG.
		# Make it anew when queue_wait, timeout_max, run_dir, log_dir or
		# anything in [clients] or [piston] changes there: it takes effect here.
		# Behind another proxy, name that in proxies there: one client is one
		# address, in the log and in the queue.
	END
}

redirect() {
	cat <<'END'

server {
	server_name code.example.org;
	listen 80;
	# listen [::]:80;
	return 301 https://$host$request_uri;
}
END
}

TEXT=$(nginx_conf "$SHARE/html" "$RUN_DIR/fastcgi.sock")
heading
http_to_site <<<"$TEXT"
[ "$TLS" = no ] || redirect
