#!/bin/sh
# SPDX-License-Identifier: MIT
# check_library.sh LIBRARY [nm]: compares the names that the shared library
# exports with tools/exports.txt and with the public headers, and looks at
# what else it would load. Needs nothing that does not come with a compiler.
set -u
LC_ALL=C
export LC_ALL
library=$1
nm=${2:-nm}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
skipped=0

ok() {
    echo "ok $1"
    passed=$((passed + 1))
}

not_ok() {
    echo "not ok $1: $2"
    failed=$((failed + 1))
}

skip() {
    echo "skip $1: $2"
    skipped=$((skipped + 1))
}

# Two lists of names, one per line; what only one of them has is the reason.
same_names() {
    if [ ! -s "$2" ] || [ ! -s "$3" ]; then
        not_ok "$1" "a list is empty"
    elif cmp -s "$2" "$3"; then
        ok "$1"
    else
        not_ok "$1" "only in one: $(comm -3 "$2" "$3" | tr '\n\t' '  ')"
    fi
}

# A declaration is MEMWARD_API up to the parenthesis; it may span lines. What
# openssl.h declares is in a library of its own.
declared() {
    find "$root/include" -name '*.h' ! -name openssl.h -exec cat {} + |
        tr '\n' ' ' | sed 's/MEMWARD_API/\n&/g' |
        sed -n 's/^MEMWARD_API [^(;]*[ *]\(memward_[a-z0-9_]*\)(.*/\1/p' |
        sort -u
}

exported() {
    case $library in
    *.dylib) "$nm" -gU "$library" ;;
    *) "$nm" -D --defined-only "$library" ;;
    esac | awk '$2 ~ /^[TDBRVWi]$/ { print $3 }' |
        sed -e 's/@.*//' -e 's/^_memward/memward/' |
        grep -v -e '^__mh_' -e '^___dso' -e '^_init$' -e '^_fini$' |
        sort -u
}

list=$root/tools/exports.txt
sort -u "$list" > "$work/sorted"
if cmp -s "$list" "$work/sorted"; then
    ok list_is_sorted
else
    not_ok list_is_sorted "sort tools/exports.txt with LC_ALL=C sort -u"
fi

declared > "$work/declared"
same_names list_matches_headers "$list" "$work/declared"

if ! command -v "$nm" > /dev/null; then
    skip list_matches_library "there is no $nm"
else
    exported > "$work/exported"
    same_names list_matches_library "$list" "$work/exported"
    # The comparison must be able to fail: the list and one name more.
    { cat "$list"; echo memward_zzz; } > "$work/longer"
    if same_names probe "$work/longer" "$work/exported" |
        grep -q '^not ok.*memward_zzz'; then
        ok comparison_can_fail
    else
        not_ok comparison_can_fail "a name too many was not noticed"
    fi
fi

if ! command -v readelf > /dev/null; then
    skip loads_only_libc_and_libsodium "there is no readelf"
elif ! readelf -h "$library" > /dev/null 2>&1; then
    skip loads_only_libc_and_libsodium "$library is not an ELF file"
else
    others=$(readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\].*/\1/p' |
        grep -v -E '^(libc|libpthread|libthr|libsodium|ld-linux[a-z0-9_-]*)\.(so|musl)')
    if [ -z "$others" ]; then
        ok loads_only_libc_and_libsodium
    else
        not_ok loads_only_libc_and_libsodium "it also loads $(echo "$others" | tr '\n' ' ')"
    fi
fi

echo "check_library: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
