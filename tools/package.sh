#!/bin/sh
# SPDX-License-Identifier: MIT
# package.sh BUILD [ARGUMENT...]: Debian packages of this tree, into BUILD;
# arguments are for cmake. Says little unless it fails.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=$1
shift
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)}
unset MAKEFLAGS MFLAGS MAKELEVEL || true
mkdir -p "$build"
if ! {
    cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX=/usr -DMEMWARD_TESTS=OFF \
        -DMEMWARD_EXAMPLES=OFF "$@" &&
        cmake --build "$build" --parallel "$jobs" &&
        (cd "$build" && cpack -G DEB)
} > "$build/package.log" 2>&1; then
    tail -n 60 "$build/package.log"
    echo "memward: no packages; all of it is in $build/package.log"
    exit 1
fi
ls "$build"/*.deb
