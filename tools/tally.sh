# SPDX-License-Identifier: MIT
# Read by checks that are scripts: one line per case, as tests/harness.h prints
# them, and at the end "finish NAME" with the totals. $work is a folder that is
# gone afterwards.
# shellcheck shell=sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
skipped=0

ok() {
    echo "ok $1"
    passed=$((passed + 1))
}

# not_ok NAME WHY: in one line, and not too long.
not_ok() {
    echo "not ok $1: $(echo "$2" | tr '\n' ' ' | cut -c 1-2000)"
    failed=$((failed + 1))
}

skip() {
    echo "skip $1: $2"
    skipped=$((skipped + 1))
}

# try NAME COMMAND...: the command's output is shown only if it fails.
try() {
    name=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        ok "$name"
    else
        not_ok "$name" "$* failed: $(tail -n 30 "$work/log")"
        return 1
    fi
}

finish() {
    echo "$1: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
