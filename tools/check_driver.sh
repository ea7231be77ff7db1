#!/bin/sh
# SPDX-License-Identifier: MIT
# check_driver.sh: tests of the check driver itself: that it counts what it
# should, and that tools/deps.sh asks, tells or installs as it promises. The
# package manager is a pretended one, which only writes down what it is told.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# expect NAME WANTED GOT
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
        passed=$((passed + 1))
    else
        echo "not ok $1: wanted '$2', got '$3'"
        failed=$((failed + 1))
    fi
}

# Prints what the summary says of the text on standard input. The text of a
# test's own output is indented here, so that it is not taken for ours.
summary() {
    sed 's/^ *|//' | awk -f tools/summary.awk
}

expect counts_programs "count 5 0 1" "$(summary << 'TEXT' | head -n 1
    |1: ok a
    |1: skip b: the reason
    |1: first: 2 passed, 0 failed, 1 skipped
    |1/2 Test  #1: first ......   Passed    0.01 sec
    |2: second: 3 passed, 0 failed, 0 skipped
    |2/2 Test #2: second .....   Passed    0.01 sec
TEXT
)"
expect counts_failures_once "count 1 2 0" "$(summary << 'TEXT' | head -n 1
    |1: not ok a: because
    |1: first: 1 passed, 2 failed, 0 skipped
    |1/1 Test  #1: first ......***Failed    0.01 sec
TEXT
)"
expect counts_a_crash "count 0 1 0" "$(summary << 'TEXT' | head -n 1
    |1: ok a
    |1/1 Test  #1: first ......***Exception: SegFault  0.01 sec
TEXT
)"
expect counts_failure_after_success "count 4 1 0" "$(
    summary << 'TEXT' | head -n 1
    |1: first: 4 passed, 0 failed, 0 skipped
    |1/1 Test  #1: first ......***Failed  0.01 sec
TEXT
)"
expect counts_a_timeout "count 0 1 0" "$(summary << 'TEXT' | head -n 1
    |1/1 Test  #1: first ......***Timeout  120.01 sec
TEXT
)"
expect counts_silent_tests "count 1 0 1" "$(summary << 'TEXT' | head -n 1
    |1/2 Test  #1: first ......   Passed  0.01 sec
    |2: skip all: no such tool
    |2/2 Test  #2: second .....***Skipped  0.01 sec
TEXT
)"
expect keeps_the_reason "skip b: the reason" "$(summary << 'TEXT' | sed -n 2p
    |1: skip b: the reason
    |1: first: 0 passed, 0 failed, 1 skipped
TEXT
)"

expect tells_a_reason_once "  no such tool [one two: 3]|      a b|" "$(
    printf '%s\t%s\n' one 'a: no such tool' two 'a: no such tool' \
        two 'b: no such tool' | awk -f tools/skips.awk | tr '\n' '|')"

# A machine on which nothing is installed but what every Debian has.
bare_machine() {
    rm -rf "$work/bin"
    mkdir "$work/bin"
    for tool in sh sed sort tr cat uname env dirname head; do
        ln -s "$(command -v $tool)" "$work/bin/$tool"
    done
    printf '#!/bin/sh\necho %s\n' "$1" > "$work/bin/id"
    # Everything can be had; one call is one line in the diary.
    printf '#!/bin/sh\necho "$@" >> "%s"\n' "$work/diary" \
        > "$work/bin/apt-get"
    chmod +x "$work/bin/id" "$work/bin/apt-get"
    : > "$work/diary"
}

deps() {
    DEPS=$1 PATH="$work/bin" "$work/bin/sh" "$root/tools/deps.sh" "$2" \
        > "$work/said" 2>&1
    status=$?
}

said() {
    grep -c -e "$1" "$work/said"
}

bare_machine 0
deps no build
expect deps_no_stops 1 "$status"
expect deps_no_names_the_compiler 1 "$(said 'missing.*cmake.*gcc')"
expect deps_no_installs_nothing "" "$(cat "$work/diary")"

bare_machine 1000
deps yes build
expect user_is_stopped 1 "$status"
expect user_gets_one_line 1 "$(said \
    '^    sudo apt-get install --no-install-recommends cmake gcc')"
expect user_installs_nothing "" "$(cat "$work/diary")"

bare_machine 0
deps yes build
expect root_is_told 1 "$(said '^memward: installing cmake gcc')"
expect root_installs 1 "$(sed -n '/--simulate/d
    /^install -y .*--no-install-recommends cmake gcc/p' "$work/diary" |
    head -n 1 | wc -l | tr -d ' ')"
# The pretended package manager installed nothing, which must not pass.
expect root_looks_again 1 "$status"

bare_machine 0
rm "$work/bin/apt-get"
deps yes build
expect elsewhere_is_told 1 "$(said 'please install what Debian calls: cmake')"
expect elsewhere_stops 1 "$status"

echo "check_driver: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
