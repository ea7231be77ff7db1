#!/bin/sh
# SPDX-License-Identifier: MIT
# exports.sh SHIMS LIBRARY...: each library exports the names in SHIMS/NAME.txt
# and no other, and needs nothing but libmemward and the C library.
set -u
shims=$1
shift
passed=0
failed=0

# check NAME WHAT WANTED GOT
check() {
    if [ -n "$4" ] && [ "$3" = "$4" ]; then
        echo "ok ${1}_$2"
        passed=$((passed + 1))
    else
        # shellcheck disable=SC2086  # One line of names.
        echo "not ok ${1}_$2: wanted:" $3 "got:" $4
        failed=$((failed + 1))
    fi
}

if ! command -v nm > /dev/null || ! command -v readelf > /dev/null; then
    echo "skip exports: nm or readelf is not here"
    echo "check_shims: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
for library in "$@"; do
    name=${library##*/libmemward_}
    name=${name%%.*}
    check "$name" exports "$(LC_ALL=C sort "$shims/$name.txt")" \
        "$(nm -D --defined-only "$library" | sed 's/.* //' | LC_ALL=C sort)"
    check "$name" needs libmemward "$(readelf -d "$library" |
        sed -n 's/.*NEEDED.*\[\(.*\)\].*/\1/p' |
        sed -e '/^libc\.\|^libpthread\.\|^ld-/d' -e 's/\.so.*//')"
done
echo "check_shims: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
