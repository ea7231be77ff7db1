# SPDX-License-Identifier: MIT
# A short front to CMake, which is the one description of the build.
#
#   make            builds library, tool and tests into build/default
#   make help       says what else there is
#
# DEPS=no never installs a package; what is missing is then only named.
# SECRET=file gives "make prove" a secret of yours, such as a private key.
PREFIX = /usr/local
BUILD = build/default
DEPS = yes

all:
	@DEPS=$(DEPS) tools/deps.sh build
	@tools/build.sh $(BUILD) $(PREFIX)

prove:
	@DEPS=$(DEPS) tools/deps.sh build
	@tools/build.sh $(BUILD) $(PREFIX) memward_tool
	@$(BUILD)/cli/memward prove $${SECRET:+--secret "$$SECRET"}

check:
	@DEPS=$(DEPS) tools/deps.sh check
	@DEPS=$(DEPS) tools/check.sh

# QUICK=yes takes half a minute, and its numbers spread more.
bench:
	@DEPS=$(DEPS) tools/deps.sh bench
	@tools/bench.sh $(if $(filter yes,$(QUICK)),--quick)

cross:
	@DEPS=$(DEPS) tools/deps.sh cross
	@tools/cross.sh

install: all
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD)

clean:
	@rm -rf build

help:
	@echo "make                  build library, tool and tests ($(BUILD))"
	@echo "make prove            attack the library on this machine"
	@echo "make check            every test; about 15 minutes on two cores"
	@echo "make bench            measure beside other libraries; QUICK=yes"
	@echo "make cross            compile and link for the other systems"
	@echo "make install          into DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)"
	@echo "make clean            remove build/"
	@echo "DEPS=no               never install packages, only name them"
	@echo "cmake --list-presets  the builds by name: sanitizers, targets"

.PHONY: all prove check bench cross install clean help
