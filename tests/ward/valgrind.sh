#!/bin/sh
# SPDX-License-Identifier: MIT
# valgrind.sh POISON_TEST: each stray touch of that program is an error to
# Valgrind, and what only touches secrets is none.
set -u
program=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
skipped=0

end() {
    echo "valgrind: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

skip() {
    echo "skip stray_touches_are_errors: $1"
    skipped=1
    end
}

watch() { # CHILD; 99: an error was reported
    valgrind --quiet --error-exitcode=99 "$program" --child "$1" \
        > "$log" 2>&1
}

if ! command -v valgrind > /dev/null; then
    skip "valgrind is not here"
fi
if ! echo '#include <valgrind/memcheck.h>' | "${CC:-cc}" -E - > /dev/null 2>&1
then
    skip "its header was not here to build with"
fi
for child in $("$program" --strays) all_inside; do
    expected=99
    [ "$child" = all_inside ] && expected=0
    watch "$child"
    got=$?
    if [ "$got" -eq "$expected" ]; then
        echo "ok $child"
        passed=$((passed + 1))
    else
        echo "not ok $child: status $got, not $expected"
        sed 's/^/    /' "$log"
        failed=$((failed + 1))
    fi
done
end
