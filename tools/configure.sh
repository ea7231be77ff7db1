#!/bin/sh
# SPDX-License-Identifier: MIT
# configure.sh BUILD PREFIX: the configuration behind "make". Says little: the
# full text is only of interest when it fails.
set -eu
build=$1
prefix=$2
mkdir -p "$build"
if ! cmake -S . -B "$build" -DCMAKE_INSTALL_PREFIX="$prefix" \
    > "$build/configure.log" 2>&1; then
    cat "$build/configure.log"
    exit 1
fi
