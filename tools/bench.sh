#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh [--quick]: builds the benchmark and runs all of it. The results
# are build/bench/results.md and build/bench/results.svg.
set -eu
cd "$(dirname "$0")/.."
build=build/bench
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)}
# What the outer make tells its children is not meant for CMake's make.
unset MAKEFLAGS MFLAGS MAKELEVEL || true
mkdir -p "$build"
if ! cmake -S bench -B "$build" > "$build/make.log" 2>&1 ||
    ! cmake --build "$build" --parallel "$jobs" >> "$build/make.log" 2>&1
then
    tail -n 60 "$build/make.log"
    echo "memward: the build failed; all of it is in $build/make.log"
    exit 1
fi
"$build/memward-bench" "$@" --modules "$build/modules" --out "$build"
# The verdicts, where they are seen without opening a file.
sed -n '/^## Targets/,/^## Who/p' "$build/results.md" | sed '$d'
bench/scan.sh "$build/memward/cli/memward" "$@" | tee -a "$build/results.md"
