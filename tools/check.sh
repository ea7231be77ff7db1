#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh [STAGE...]: every test there is, in stages; "make check" runs it.
# Only the stage lab_all must be asked for ("make check-lab").
# Each stage prints its seconds and counts; build/logs/ has what it said.
# The last line is "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1
# What the outer make tells its children is not meant for CMake's make.
unset MAKEFLAGS MFLAGS MAKELEVEL
only=$*
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)}
JOBS=$jobs
export JOBS
if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja > /dev/null; then
    CMAKE_GENERATOR=Ninja
    export CMAKE_GENERATOR
fi
logs=build/logs
mkdir -p "$logs"
passed=0
failed=0
skipped=0
skips=$logs/skips
: > "$skips"
start=$(date +%s)

# have TOOL...: else $lacking has the reason for skipping.
have() {
    for tool in "$@"; do
        if ! command -v "$tool" > /dev/null; then
            lacking="$tool is not installed"
            return 1
        fi
    done
}

# have_14 TOOL: finds version 14 of it, which the configuration in this tree is
# written for; others format differently and know other checks.
have_14() {
    for found in "$1-14" "$1"; do
        "$found" --version 2> /dev/null | grep -q 'version 14\.' && return
    done
    lacking="$1 14 is not installed"
    return 1
}

# Shows why a stage failed: what was not ok, then the end of its output.
show_failure() {
    grep '^not ok' "$logs/$1.sum"
    echo "--- the last lines of $logs/$1.log:"
    tail -n 100 "$logs/$1.log"
    echo "---"
}

wanted() {
    [ -z "$only" ] && return 0
    case " $only " in
    *" $1 "*) return 0 ;;
    esac
    return 1
}

# stage NAME COMMAND...: runs it and adds up what its tests counted.
stage() {
    name=$1
    shift
    wanted "$name" || return 0
    begin=$(date +%s)
    "$@" > "$logs/$name.log" 2>&1
    status=$?
    awk -f tools/summary.awk "$logs/$name.log" > "$logs/$name.sum"
    # shellcheck disable=SC2046  # Four words: count and three numbers.
    set -- $(head -n 1 "$logs/$name.sum")
    p=$2 f=$3 s=$4
    note=""
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        # It broke before a test could fail: a build, most likely.
        f=1
        note=" (the stage itself broke)"
    elif [ $((p + f + s)) -eq 0 ]; then
        f=1
        note=" (no test was run)"
    fi
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
    sed -n 's/^skip //p' "$logs/$name.sum" |
        awk -v stage="$name" '{ print stage "\t" $0 }' >> "$skips"
    printf '%-10s %4d s  %d passed, %d failed, %d skipped%s\n' "$name" \
        $(($(date +%s) - begin)) "$p" "$f" "$s" "$note"
    [ "$f" -eq 0 ] || show_failure "$name"
}

# skip_stage NAME REASON: what cannot run is counted and named.
skip_stage() {
    wanted "$1" || return 0
    skipped=$((skipped + 1))
    printf '%s\tstage: %s\n' "$1" "$2" >> "$skips"
    printf '%-10s    - s  skipped: %s\n' "$1" "$2"
}

# tests PRESET TARGET [CTEST-ARGUMENT...]: configures, builds the target and
# runs the tests.
tests() {
    preset=$1
    target=$2
    shift 2
    cmake --preset "$preset" -B "build/check/$preset" &&
        cmake --build "build/check/$preset" --target "$target" \
            --parallel "$jobs" &&
        ctest --test-dir "build/check/$preset" -V --parallel "$jobs" "$@"
}

# Skips with the same reason are told once.
tell_skips() {
    [ -s "$skips" ] || return
    echo "skipped, and why [stages: how often]:"
    awk -f tools/skips.awk "$skips"
}

echo "memward: checking on $jobs cores; logs in $logs"

if have_14 clang-format; then
    stage format env CLANG_FORMAT="$found" tools/check_format.sh
else
    skip_stage format "$lacking"
fi
if have python3; then
    stage layers tools/check_layers.py
    stage layers2 tools/check_layers.py --self-test
else
    skip_stage layers "$lacking"
    skip_stage layers2 "$lacking"
fi
stage driver tools/check_driver.sh
if have gcc; then
    stage gcc tests x86_64-unknown-linux-gnu all
else
    skip_stage gcc "$lacking"
fi
if have clang; then
    # A kernel refuses whatever the compiler: gcc's programs asked it.
    stage clang tests clang all -LE 'slow|denied'
    stage asan tests asan all -LE slow
    # Only what has threads: the rest would tell nothing new, and some of it
    # looks at memory in ways that a sanitizer's own pages disturb.
    stage tsan tests tsan threads -L threads
else
    for name in clang asan tsan; do
        skip_stage $name "$lacking"
    done
fi
if have clang python3 && have_14 clang-tidy; then
    stage tidy env CLANG_TIDY="$found" tools/check_tidy.sh build/check/clang
else
    skip_stage tidy "$lacking"
fi
if have python3; then
    stage cross tools/cross.sh
else
    skip_stage cross "$lacking"
fi
if ! have x86_64-w64-mingw32-gcc; then
    skip_stage windows "$lacking"
elif [ ! -x /usr/lib/wine/wine64 ] && ! have wine; then
    skip_stage windows "$lacking"
else
    stage windows tests x86_64-pc-windows-gnu all
fi
# Real kernels in machines of their own; all there are only if asked for.
if ! have python3 qemu-system-x86_64; then
    skip_stage lab "$lacking"
else
    stage lab tests/vm/lab.py --quick
fi
if [ -n "$only" ]; then
    if have python3; then
        stage lab_all tests/vm/lab.py
    else
        skip_stage lab_all "$lacking"
    fi
fi

echo
tell_skips
echo "$(($(date +%s) - start)) seconds"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
