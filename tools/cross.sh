#!/bin/sh
# SPDX-License-Identifier: MIT
# cross.sh [TARGET...]: compiles memward for the systems that are not here,
# with warnings as errors, and links it with their real C libraries. Prints a
# table, then "cross: N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1

linked="x86_64-unknown-linux-musl i686-unknown-linux-musl aarch64-unknown-linux-gnu
    x86_64-unknown-freebsd aarch64-unknown-freebsd
    x86_64-unknown-netbsd aarch64-unknown-netbsd
    x86_64-unknown-openbsd aarch64-unknown-openbsd
    x86_64-apple-darwin aarch64-apple-darwin"
compiled="x86_64-sun-solaris"
passed=0
failed=0
skipped=0
ran_well=yes

row() {
    printf '%-27s %9s %9s %8s\n' "$@"
}

# Builds every target that name lists, with the warnings of a release.
build() {
    log=build/logs/cross-$1.log
    cmake --preset "$1" -B "build/cross/$1" > "$log" 2>&1 &&
        cmake --build "build/cross/$1" --parallel "${JOBS:-2}" >> "$log" 2>&1
}

count_objects() {
    find "build/cross/$1" -name '*.o' | wc -l | tr -d ' '
}

# Programs and shared libraries; a link to one is not another.
count_linked() {
    find "build/cross/$1" -type f \( -name memward -o -name '*_test' -o \
        -name 'libmemward*.so*' -o -name '*.dylib' \) | wc -l | tr -d ' '
}

try() {
    target=$1
    begin=$(date +%s)
    # What an earlier run left must not be counted.
    rm -rf "build/cross/$target"
    if build "$target"; then
        result=$(count_linked "$target")
        [ "$2" = none ] && result=-
        row "$target" "$(count_objects "$target")" "$result" \
            $(($(date +%s) - begin))
        # The library, the tool, the tests of contract and wards, each linked.
        if [ "$2" = all ] && [ "$result" -lt 4 ]; then
            echo "not ok $target: only $result of 4 files are linked"
            failed=$((failed + 1))
            return
        fi
        passed=$((passed + 1))
        run_here "$target"
    else
        row "$target" FAILED - $(($(date +%s) - begin))
        echo "not ok $target: the end of $log follows"
        tail -n 40 "$log"
        failed=$((failed + 1))
    fi
}

# A static Linux program runs on every Linux of the same processor: there the
# contract is not only linked but kept. A 32-bit one runs where the kernel
# lets it.
run_here() {
    [ "$(uname -s)" = Linux ] || return
    case $1/$(uname -m) in
    x86_64-*-musl/x86_64 | aarch64-*-musl/aarch64) ;;
    i686-*-musl/x86_64 | i686-*-musl/i?86) ;;
    *) return ;;
    esac
    for test in platform_specific_test portable_test; do
        program=build/cross/$1/$test
        "$program" no_such_case > "$log.run" 2>&1
        # 126: the kernel has no way to run it.
        if [ $? -eq 126 ]; then
            skip "$test for $1" "this kernel runs no such programs"
            continue
        fi
        echo "and runs here: $program"
        "$program" > "$log.run" 2>&1 || ran_well=no
        grep -v '^ok ' "$log.run"
    done
}

skip() {
    echo "skip $1: $2"
    skipped=$((skipped + 1))
}

wanted() {
    [ -z "$only" ] && return 0
    case " $only " in
    *" $1 "*) return 0 ;;
    esac
    return 1
}

only=$*
mkdir -p build/logs
zig_reason=""
if ! tools/zig.sh > build/logs/zig.log 2>&1; then
    zig_reason="zig cannot be installed: $(tail -n 1 build/logs/zig.log)"
fi
row target compiled linked seconds
for target in $linked; do
    wanted "$target" || continue
    if [ -n "$zig_reason" ]; then
        skip "$target" "$zig_reason"
    else
        try "$target" all
    fi
done
for target in $compiled; do
    wanted "$target" || continue
    if ! command -v clang > /dev/null; then
        skip "$target" "clang is not installed"
    elif [ "$(uname -s)" != Linux ]; then
        skip "$target" "plain C headers are taken from Linux"
    else
        try "$target" none
    fi
done
echo "cross: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $ran_well = yes ]
