# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the tests need beside what the service needs (which `make up` knows).

NODE_MIN=18

node_is_new_enough() {
	local version
	version=$(node --version 2>/dev/null) || return 1
	version=${version#v}
	[ "${version%%.*}" -ge "$NODE_MIN" ]
}

# have TOOL NAME: else what needs it, NAME, is skipped or has failed.
have() {
	if [ "$1" = node ]; then
		node_is_new_enough && command -v npm >/dev/null && return 0
	elif command -v "$1" >/dev/null; then
		return 0
	fi
	skip "$2" "there is no $1"
	return 1
}

# The sanitizers' and the fuzzer's half of clang is a package of its own.
fuzzer_runtime() {
	local version
	version=$(dpkg-query --show --showformat '${Depends}' clang \
	    2>/dev/null | sed -nE 's/.*clang-([0-9]+).*/\1/p')
	echo "libclang-rt-${version:-14}-dev"
}

wanted_tools() {
	printf '%s\n' clang "$(fuzzer_runtime)" libcmocka-dev chromium \
	    fonts-dejavu-core clang-format shellcheck cppcheck procps \
	    python3.11 python3-prometheus-client runsc iproute2 systemd mandoc \
	    build-essential debhelper dpkg-dev fakeroot lintian logrotate openssl
	node_is_new_enough || echo nodejs
	command -v npm >/dev/null || echo npm
}

missing_tools() {
	wanted_tools | while read -r package; do
		[ "$(dpkg-query --show --showformat '${db:Status-Status}' \
		    "$package" 2>/dev/null)" = installed ] || echo "$package"
	done
}

apt_install() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update ||
		echo "apt-get update failed: trying with old lists."
	apt-get -qq -y install --no-install-recommends "$@"
}

# The first step; what is there already is left as it is.
install_tools() {
	local missing
	check "packages of the service" fcgi/service.sh packages
	missing=$(missing_tools)
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	check "packages of the tests" apt_install $missing
}

# npm ci starts from nothing each time, so only when there is something new.
npm_ci() {
	local stamp=tests/node_modules/.installed want
	want=$(sha256sum tests/package.json tests/package-lock.json) || return 1
	[ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || return 0
	as_owner npm --prefix tests ci --no-audit --no-fund || return 1
	printf '%s\n' "$want" | as_owner tee "$stamp" >/dev/null
}
