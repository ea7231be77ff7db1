#!/bin/sh
# SPDX-License-Identifier: MIT
# exports.sh SHIMS LIBRARY...: each library exports the names in SHIMS/NAME.txt
# and no other, has its SONAME, and needs nothing but libmemward and the C
# library.
set -u
shims=$1
shift
. "$(dirname "$0")/../../tools/tally.sh"

# check NAME WHAT WANTED GOT
check() {
    if [ -n "$4" ] && [ "$3" = "$4" ]; then
        ok "${1}_$2"
    else
        not_ok "${1}_$2" "wanted: $3 got: $4"
    fi
}

if ! command -v nm > /dev/null || ! command -v readelf > /dev/null; then
    skip exports "nm or readelf is not here"
    finish check_shims
    exit
fi
for library in "$@"; do
    name=${library##*/libmemward_}
    name=${name%%.*}
    check "$name" exports "$(LC_ALL=C sort "$shims/$name.txt")" \
        "$(nm -D --defined-only "$library" | sed 's/.* //' | LC_ALL=C sort)"
    check "$name" soname "libmemward_$name.so.0" "$(readelf -d "$library" |
        sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')"
    check "$name" needs libmemward "$(readelf -d "$library" |
        sed -n 's/.*NEEDED.*\[\(.*\)\].*/\1/p' |
        sed -e '/^libc\.\|^libpthread\.\|^ld-/d' -e 's/\.so.*//')"
done
finish check_shims
