# SPDX-License-Identifier: MIT
# A short front to CMake, which is the one description of the build.
#
#   make            builds library, tool and tests into build/default
#   make help       says what else there is
#
# DEPS=no never installs a package; what is missing is then only named.
# SECONDS is how long "make fuzz" looks; TARGET says at what: ops (wards),
# seal (where libsodium is), core or keys (what memward scan reads).
# SECRET=file gives "make prove" a secret of yours, such as a private key.
PREFIX = /usr/local
BUILD = build/default
DEPS = yes
SECONDS = 60
TARGET = ops

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

# Every kernel and processor of the laboratory; see tests/vm/README.md.
check-lab:
	@DEPS=$(DEPS) tools/deps.sh lab
	@DEPS=$(DEPS) tools/check.sh lab_all

# QUICK=yes takes half a minute, and its numbers spread more.
bench:
	@DEPS=$(DEPS) tools/deps.sh bench
	@tools/bench.sh $(if $(filter yes,$(QUICK)),--quick)

cross:
	@DEPS=$(DEPS) tools/deps.sh cross
	@tools/cross.sh

# Starts from the tree's corpus; what it finds new stays in build/fuzz/corpus.
fuzz:
	@DEPS=$(DEPS) tools/deps.sh build
	@mkdir -p build/fuzz/corpus/$(TARGET)
	@cmake -S . -B build/fuzz -DCMAKE_C_COMPILER=clang -DMEMWARD_FUZZ=ON \
	    -DMEMWARD_SANITIZE=address,undefined,fuzzer-no-link > build/fuzz.log
	@cmake --build build/fuzz --target $(TARGET)_fuzz >> build/fuzz.log
	@build/fuzz/fuzz/$(TARGET)_fuzz -max_total_time=$(SECONDS) \
	    -max_len=$(if $(filter ops seal,$(TARGET)),200,2048) \
	    -artifact_prefix=build/fuzz/ build/fuzz/corpus/$(TARGET) \
	    fuzz/corpus/$(TARGET)

install: all
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD)

# Debian packages: library, development files, tools.
deb:
	@DEPS=$(DEPS) tools/deps.sh deb
	@tools/package.sh build/deb

clean:
	@rm -rf build

help:
	@echo "make                  build library, tool and tests ($(BUILD))"
	@echo "make prove            attack the library on this machine"
	@echo "make check            every test; half an hour on two cores"
	@echo "make check-lab        the suite on every emulated machine"
	@echo "make bench            measure beside other libraries; QUICK=yes"
	@echo "make fuzz SECONDS=60  look for inputs that break it; TARGET=ops,"
	@echo "                      core or keys"
	@echo "make cross            compile and link for the other systems"
	@echo "make install          into DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)"
	@echo "make deb              Debian packages, into build/deb"
	@echo "make clean            remove build/"
	@echo "DEPS=no               never install packages, only name them"
	@echo "cmake --list-presets  the builds by name: sanitizers, targets"

.PHONY: all prove check check-lab fuzz bench cross install deb clean help
