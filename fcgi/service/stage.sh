# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Copies what the processes need into the run directory: nginx's workers and
# the responders cannot enter a clone below a home of mode 0700. Each file is
# replaced by rename, so that a running program keeps its own.

SCED_CONF=$RUN_DIR/sced.conf
SETTINGS=$RUN_DIR/settings
NGINX_TEMPLATE=$ROOT/nginx/nginx.conf.in
NGINX_CONF=$RUN_DIR/nginx/nginx.conf

# stage_file FROM MODE TO
stage_file() {
	if cmp -s "$1" "$3" && [ "$(stat -c %a "$3")" = "${2#0}" ]; then
		return
	fi
	install -m "$2" "$1" "$3.tmp"
	mv -f "$3.tmp" "$3"
}

make_directories() {
	chmod 0755 "$RUN_DIR"
	install -d -m 0755 "$RUN_DIR"/{bin,share,html,nginx,nginx/tmp}
	[ -d "$LOGS" ] || install -d -m 0750 "$LOGS" # or an administrator's
	install -d -m 0700 "$RUN_DIR"/{slots,nets}
}

# The clone's page and nothing else; hidden files are not served anyhow.
stage_page() {
	local file
	while IFS= read -r -d '' file; do
		install -d -m 0755 "$(dirname "$RUN_DIR/html/$file")"
		stage_file "$ROOT/html/$file" 0644 "$RUN_DIR/html/$file"
	done < <(cd "$ROOT/html" && find . -type f ! -path '*/.*' -printf '%P\0')
	while IFS= read -r -d '' file; do
		[ -f "$ROOT/html/$file" ] || rm -f "$RUN_DIR/html/$file"
	done < <(cd "$RUN_DIR/html" && find . -type f -printf '%P\0')
}

# --- sced.conf ------------------------------------------------------------------

# Sections may be opened twice, keys may not be given twice. A replaced key
# leaves its section's header, so that sced's messages have the user's line
# numbers, and a list before it does not go on behind it.
drop_keys() {
	awk -v keys=" $* " '
		/^\[/ {
			header = section = $0
			gsub(/^\[|\].*/, "", section)
			sub(/^language /, "runtime ", section)
		}
		{ key = $0; sub(/[ \t]*[=:].*/, "", key) }
		index(keys, " " section "." key " ") { print header; next }
		{ print }'
}

# Keys that this instance must have, and those that the environment sets.
own_settings() {
	local host client
	printf '[service]\nrun_dir = %s\n[docker]\nimage = %s\n' \
	    "$RUN_DIR" "$(common_image)"
	host=$(docker_host)
	client=$(sced_docker_client)
	printf 'docker_cli = %s\ndocker_host = %s\n' "$client" "$host"
}

# Refused settings must not take the place of those that run.
stage_sced_conf() {
	local new=$RUN_DIR/sced.conf.new
	local keys=(service.run_dir docker.image docker.docker_cli
	    docker.docker_host)
	[ -z "${IMAGE:-}" ] || keys+=("runtime python.image")
	{
		if [ -n "$CONFIG" ]; then
			drop_keys "${keys[@]}" <"$CONFIG"
		fi
		echo "# --- set by service.sh ---"
		own_settings
	} >"$new"
	# Prints all settings, defaults too, as sced understands them.
	"$RUN_DIR/bin/sced" -c "$new" --check-config >"$SETTINGS.new" ||
		die "sced refuses the configuration, see above; its lines are" \
		    "those of ${CONFIG:-$new}."
	mv -f "$SETTINGS.new" "$SETTINGS"
	stage_file "$new" 0644 "$SCED_CONF"
	rm -f "$new"
}

# duration_ms 5s
duration_ms() {
	case $1 in
	*ms) echo "${1%ms}" ;;
	*s) echo $((${1%s} * 1000)) ;;
	*m) echo $((${1%m} * 60000)) ;;
	*h) echo $((${1%h} * 3600000)) ;;
	*) die "sced printed \"$1\", which is no duration." ;;
	esac
}

setting() {
	ini_value "$SETTINGS" "$1" "$2"
}

# --- nginx.conf -----------------------------------------------------------------

has_ipv6_loopback() {
	grep -qs '^0\{31\}1 ' /proc/net/if_inet6
}

listen_directives() {
	printf 'listen 127.0.0.1:%s;' "$PORT"
	! has_ipv6_loopback || printf '\n\t\tlisten [::1]:%s;' "$PORT"
	case $LISTEN in
	'' | 127.0.0.1) ;;
	::1) has_ipv6_loopback || die "LISTEN=::1: there is no IPv6 here." ;;
	*:*) printf '\n\t\tlisten [%s]:%s;' "$LISTEN" "$PORT" ;;
	*) printf '\n\t\tlisten %s:%s;' "$LISTEN" "$PORT" ;;
	esac
}

# Proxies that nginx believes, and requests that it counts. sced has checked
# that proxies are nothing but addresses and networks.
client_rules() {
	local rate connections proxies proxy
	rate=$(setting clients rate)
	connections=$(setting clients connections)
	proxies=$(setting clients proxies)
	for proxy in ${proxies//,/ }; do
		printf 'set_real_ip_from %s;\n\t' "$proxy"
	done
	[ -z "$proxies" ] || printf '%s;\n\t' \
	    'real_ip_header X-Forwarded-For' 'real_ip_recursive on'
	[ "$rate" = 0 ] || printf '%s rate=%sr/s;\n\t' \
	    "limit_req_zone \$sce_client\$sce_counted zone=sce_requests:8m" "$rate"
	[ "$connections" = 0 ] || printf '%s;\n\t' \
	    "limit_conn_zone \$sce_client\$sce_counted zone=sce_connections:4m"
}

# In a location that is counted; the same words, its own counts.
client_limits() {
	local rate burst connections
	rate=$(setting clients rate)
	burst=$(setting clients burst)
	connections=$(setting clients connections)
	[ "$burst" = 0 ] && burst= || burst=" burst=$burst nodelay"
	[ "$rate" = 0 ] ||
		printf 'limit_req zone=sce_requests%s;\n\t\t\t' "$burst"
	[ "$connections" = 0 ] ||
		printf 'limit_conn sce_connections %s;' "$connections"
}

# Clients that may read the metrics.
metrics_rules() {
	local network networks
	networks=$(setting clients metrics)
	for network in ${networks//,/ }; do
		printf 'allow %s;\n\t\t\t' "$network"
	done
}

# Sites whose pages may use Piston's paths. sced has checked that origins are
# nothing but * or schemes, hosts and ports. An answer that depends on the origin
# says so.
# shellcheck disable=SC2016 # the variables are nginx's
origin_rules() {
	local origin origins
	origins=$(setting piston origins)
	if [ "$origins" = '*' ]; then
		printf 'map $uri $%s {\n\t\tdefault "%s";\n\t}\n\t' \
		    sce_origin '*' sce_vary ''
		return
	fi
	printf 'map $http_origin $sce_origin {\n\t\tdefault "";\n'
	for origin in ${origins//,/ }; do
		# As an expression: nginx' table of words has short ones only.
		origin=${origin//./\\.}
		origin=${origin//\[/\\[}
		printf '\t\t"~^%s$" $http_origin;\n' "$origin"
	done
	printf '\t}\n\tmap $request_uri $sce_vary {\n\t\tdefault "";\n'
	[ -z "$origins" ] || printf '\t\t"~^/api/v2/" Origin;\n'
	printf '\t}'
}

# A run that has to wait first must not be cut short by nginx: seconds.
read_timeout() {
	local wait_ms longest_ms=0 run_ms each times
	wait_ms=$(duration_ms "$(setting pool queue_wait)")
	# The language that may take longest counts: a compiler has a time of its own.
	while read -r each times; do
		run_ms=$(($(duration_ms "$each") * times))
		[ "$run_ms" -le "$longest_ms" ] || longest_ms=$run_ms
	done < <(awk '
	    /^\[/ { tell(); inside = /^\[(runtime|language) /; time = ""; times = 1 }
	    inside && /^timeout_max = / { time = $3 }
	    inside && /^compile = ./ { times = 2 }
	    END { tell() }
	    function tell() { if (inside) print time, times }' "$SETTINGS")
	echo $(((wait_ms + longest_ms + 999) / 1000 + 5))
}

# nginx_conf HTML_DIR SOCKET: the template with everything filled in.
nginx_conf() {
	local text
	text=$(cat "$NGINX_TEMPLATE")
	text=${text//@RUN_DIR@/"$RUN_DIR"}
	text=${text//@LOG_DIR@/"$LOGS"}
	text=${text//@HTML_DIR@/"$1"}
	text=${text//@SOCKET@/"$2"}
	text=${text//@LISTEN@/"$(listen_directives)"}
	text=${text//@USER_DIRECTIVE@/"user www-data $(setting service \
	    socket_group);"}
	text=${text//@READ_TIMEOUT@/"$(read_timeout)"}
	text=${text//@CLIENT_RULES@/"$(client_rules)"}
	text=${text//@ORIGIN_RULES@/"$(origin_rules)"}
	text=${text//@CLIENT_LIMITS@/"$(client_limits)"}
	text=${text//@METRICS_RULES@/"$(metrics_rules)"}
	if [[ $text =~ @[A-Z_]+@ ]]; then
		die "nginx.conf.in has ${BASH_REMATCH[0]}, which is unknown here."
	fi
	printf '%s\n' "$text"
}

# Refused settings must not take the place of those that run: an address that
# is not this host's is found here. A port in use is not, it may be our own.
stage_nginx_conf() {
	local new=$NGINX_CONF.new text
	text=$(nginx_conf "$RUN_DIR/html" "$RUN_DIR/fastcgi.sock")
	printf '%s\n' "$text" >"$new"
	nginx -t -q -p "$RUN_DIR/nginx/" -c "$new" -e "$NGINX_LOG" ||
		die "nginx refuses its configuration, see above."
	stage_file "$new" 0644 "$NGINX_CONF"
	rm -f "$new"
}

stage_fork_profile() {
	local new=$RUN_DIR/share/.seccomp-fork.json
	"$ROOT/fcgi/image/seccomp-fork.sh" <"$ROOT/fcgi/image/seccomp.json" \
	    >"$new" || die "seccomp-fork.sh does not fit seccomp.json."
	stage_file "$new" 0644 "$RUN_DIR/share/seccomp-fork.json"
	rm -f "$new"
}

stage_all() {
	make_directories
	stage_file "$BUILD/sced" 0755 "$RUN_DIR/bin/sced"
	stage_file "$BUILD/sce-responder" 0755 "$RUN_DIR/bin/sce-responder"
	stage_file "$BUILD/sce-docker" 0755 "$RUN_DIR/bin/sce-docker"
	stage_file "$BUILD/sce-guest" 0555 "$RUN_DIR/bin/sce-guest"
	stage_file "$BUILD/sce-gate.so" 0444 "$RUN_DIR/bin/sce-gate.so"
	stage_file "$ROOT/fcgi/image/seccomp.json" 0644 \
	    "$RUN_DIR/share/seccomp.json"
	stage_fork_profile
	stage_page
	stage_sced_conf
	stage_nginx_conf
}

# Everything that a running service was started with, but for the page.
fingerprint() {
	(cd "$RUN_DIR" && sha256sum bin/* share/* sced.conf nginx/nginx.conf)
	docker image inspect --format '{{.Id}}' "$(image_name)"
}
