#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh BUILD PREFIX [TARGET]: the build behind "make". Says little unless it fails.
set -eu
build=$1
prefix=$2
target=${3:-all}
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)}
# What the outer make tells its children is not meant for CMake's make.
unset MAKEFLAGS MFLAGS MAKELEVEL || true
mkdir -p "$build"
if ! cmake -S . -B "$build" -DCMAKE_INSTALL_PREFIX="$prefix" \
    > "$build/make.log" 2>&1 ||
    ! cmake --build "$build" --target "$target" --parallel "$jobs" \
        >> "$build/make.log" 2>&1
then
    tail -n 60 "$build/make.log"
    echo "memward: the build failed; all of it is in $build/make.log"
    exit 1
fi
echo "memward: built in $build"
