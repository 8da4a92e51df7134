# SPDX-License-Identifier: MIT
# Safe Code Executor: build, checks, and running it.
#   make up / down / status / logs     the service
#   make test                          each feature; needs root, installs what it needs
#   make test-all                      everything
#   make check                         unit tests only (no root, no Docker)

CC ?= cc
MUSL_CC ?= musl-gcc
BUILD ?= build
PKGS = json-c libseccomp libcap libmd

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla \
	-Wimplicit-fallthrough -Wswitch-enum
ifeq ($(WERROR),1)
WARN += -Werror
endif

ifneq ($(V),1)
QUIET = @printf '  %-6s %s\n' '$(1)' '$@';
endif

STD = -std=c11 -D_GNU_SOURCE -Ifcgi
HARDEN = -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -fno-common
LDHARDEN = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZE),1)
BUILD := $(BUILD)/sanitize
HARDEN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LDHARDEN = -fsanitize=address,undefined
SANITIZER_OPTIONS = $(BUILD)/tests/unit/sanitizer_options.o
endif
# However it is said where that is, it is one name to what depends on headers.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))

VERSION := $(shell cat fcgi/VERSION)
CFLAGS += $(STD) $(WARN) $(HARDEN) -DSCE_VERSION='"$(VERSION)"'
LDFLAGS += $(LDHARDEN)
# musl's wrapper hides the system's headers; the kernel's are found behind its own.
KERNEL_HEADERS = -idirafter /usr/include -idirafter /usr/include/$(shell $(CC) -print-multiarch)
GUEST_CFLAGS = $(STD) $(WARN) -Os -g -fstack-protector-strong -fno-common \
	-D_FORTIFY_SOURCE=0 -static $(KERNEL_HEADERS) -DSCE_VERSION='"$(VERSION)"'

sources = $(sort $(shell find fcgi/$(1) -name '*.c'))
COMMON = $(call sources,common)
RESPONDER = $(call sources,responder)
SUPERVISOR = $(call sources,supervisor)
ENGINE = $(call sources,engine)
GUEST = $(filter-out fcgi/guest/gate/%,$(call sources,guest))
GUEST_COMMON = fcgi/common/frame.c fcgi/common/args_and_files.c fcgi/common/io.c \
	fcgi/common/fdpass.c fcgi/common/utf8.c fcgi/common/words.c
# The gate is loaded into the image's interpreter, so it is of its C library.
GATE = $(wildcard fcgi/guest/gate/*.c) fcgi/guest/confine/confine.c \
	fcgi/guest/confine/paths.c fcgi/guest/confine/syscalls.c \
	fcgi/guest/confine/filter.c fcgi/guest/run/place.c \
	fcgi/common/args_and_files.c fcgi/common/fdpass.c fcgi/common/io.c
GATE_CFLAGS = $(STD) $(WARN) -O2 -g -fstack-protector-strong -fno-common \
	-D_FORTIFY_SOURCE=2 -fPIC -fvisibility=hidden

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
# Everything but the four main.c, libfcgi's one file and what calls it: what
# unit tests link.
TESTABLE = $(filter-out %/main.c fcgi/responder/http/exchange.c \
	fcgi/responder/api/serve.c fcgi/responder/worker.c,\
	$(COMMON) $(RESPONDER) $(SUPERVISOR) $(ENGINE) $(GUEST))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all clean check
all: $(BUILD)/sced $(BUILD)/sce-responder $(BUILD)/sce-docker $(BUILD)/sce-guest \
	$(BUILD)/sce-gate.so

# What is made with other CFLAGS is made anew, with sanitizers above all.
$(BUILD)/flags: export FLAGS = $(filter-out -Werror,$(CFLAGS)) $(LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || printf '%s\n' "$$FLAGS" >$@

.PHONY: FORCE
FORCE:

$(BUILD)/%.o: %.c fcgi/VERSION $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(CFLAGS) $(shell pkg-config --cflags $(PKGS)) -MMD -MP -c -o $@ $<

$(BUILD)/musl/%.o: %.c fcgi/VERSION
	@mkdir -p $(@D)
	$(call QUIET,MUSL)$(MUSL_CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gate/%.o: %.c fcgi/VERSION
	@mkdir -p $(@D)
	$(call QUIET,GATE)$(CC) $(GATE_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/sced: $(call objects,$(COMMON) $(SUPERVISOR)) $(SANITIZER_OPTIONS)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -o $@ $^ -linih -lcap

$(BUILD)/sce-responder: $(call objects,$(COMMON) $(RESPONDER)) $(SANITIZER_OPTIONS)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -o $@ $^ -lfcgi -ljson-c -lseccomp -lcap -lmd -lresolv

# Started for each command to Docker: no library that it does not need.
$(BUILD)/sce-docker: $(call objects,fcgi/common/io.c $(ENGINE)) $(SANITIZER_OPTIONS)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -o $@ $^ -ljson-c

$(BUILD)/sce-guest: $(patsubst %.c,$(BUILD)/musl/%.o,$(GUEST_COMMON) $(GUEST))
	$(call QUIET,LD)$(MUSL_CC) -static -Wl,-z,noexecstack -o $@ $^

$(BUILD)/sce-gate.so: $(patsubst %.c,$(BUILD)/gate/%.o,$(GATE))
	$(call QUIET,LD)$(CC) -shared -Wl,-z,relro,-z,now,-z,noexecstack,-z,defs -o $@ $^ -ldl

# --- unit tests -----------------------------------------------------------
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

# Two folders may have a file of one name, which r would replace.
$(BUILD)/libtestable.a: $(call objects,$(TESTABLE))
	$(call QUIET,AR)rm -f $@ && ar qcs $@ $^

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libtestable.a
	@mkdir -p $(@D)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -linih -lcap -ljson-c -lseccomp -lmd -lresolv

check: $(UNIT)
	@for t in $(UNIT); do $$t || exit 1; done

# --- checks that need more; see tests/run.sh --------------------------------
.PHONY: test test-all lint fuzz bench soak
test:
	@tests/run.sh test

test-all:
	@tests/run.sh all

lint:
	@tests/lint/run.sh

# SECONDS=n for each fuzzer
fuzz:
	@FUZZ_SECONDS=$(SECONDS) tests/fuzz/run.sh

# BENCH_QUICK=1: under a minute, rough figures. bench-plot draws the last one.
BENCH_TOOLS = $(BUILD)/bench/load $(BUILD)/bench/spawn

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/tests/bench/http.o \
		$(BUILD)/tests/bench/tally.o
	@mkdir -p $(@D)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -o $@ $^ -lm

.PHONY: bench-tools bench-plot
bench-tools: $(BENCH_TOOLS)

bench:
	@tests/bench/run.sh

bench-plot:
	@tests/bench/plot.sh

# MINUTES=n of mixed traffic
soak:
	@MINUTES=$(MINUTES) tests/soak/run.sh

# The attacks, for people; URL=http://..., REPORT=FILE for Markdown
.PHONY: verify
verify:
	@tests/security/verify.sh $(if $(REPORT),--report $(REPORT)) $(URL)

# --- installation; see fcgi/doc/OPERATION.md ----------------------------------
PREFIX ?= /usr/local
DESTDIR ?=
SBINDIR ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/safe-code-executor
SHAREDIR ?= $(PREFIX)/share/safe-code-executor
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/safe-code-executor
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
SERVICE_RUN_DIR ?= /run/safe-code-executor
SERVICE_LOG_DIR ?= /var/log/safe-code-executor
PLACES = DESTDIR='$(DESTDIR)' BUILD='$(abspath $(BUILD))' SBINDIR='$(SBINDIR)' \
	LIBEXECDIR='$(LIBEXECDIR)' SHAREDIR='$(SHAREDIR)' MANDIR='$(MANDIR)' \
	DOCDIR='$(DOCDIR)' SYSCONFDIR='$(SYSCONFDIR)' UNITDIR='$(UNITDIR)' \
	SYSUSERSDIR='$(SYSUSERSDIR)' TMPFILESDIR='$(TMPFILESDIR)' \
	RUN_DIR='$(SERVICE_RUN_DIR)' LOG_DIR='$(SERVICE_LOG_DIR)'

.PHONY: install uninstall deb
install: all
	@$(PLACES) fcgi/package/install.sh install

uninstall:
	@$(PLACES) fcgi/package/install.sh uninstall

deb:
	@fcgi/package/make_deb.sh '$(abspath $(BUILD))/deb'

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- the service on this machine; see fcgi/service.sh for PORT and others ---
.PHONY: up down status logs image
up down status logs:
	@fcgi/service.sh $@

# Python's and python-sci's. BASE=IMAGE makes the first from that instead of
# Debian's packages.
image:
	@fcgi/service.sh build-image
