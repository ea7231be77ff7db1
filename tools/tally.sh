# SPDX-License-Identifier: MIT
# Read by checks that are scripts: one line per case, as tests/harness.h prints
# them, and at the end "finish NAME" with the totals. $work is a folder that is
# gone afterwards.
# shellcheck shell=sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
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

# scan_of MEMWARD PROGRAM ARGUMENT...: memward scan of a program as it ends, for
# what $work/secret holds, into $work/json. 2 if the tool cannot look, 3 if
# something else went wrong; then it says what.
scan_of() {
    tool=$1
    shift
    "$tool" scan --secret "$work/secret" --no-keys --as raw --json -- "$@" \
        > "$work/json" 2> "$work/errors"
    status=$?
    # The program's own status stands there; 0 is what it ends with.
    [ "$status" -gt 1 ] || ! grep -q 'with exit status 0' "$work/json" || return 0
    cat "$work/errors" "$work/json"
    [ "$status" -eq 2 ] && return 2
    return 3
}
