#!/bin/sh
# SPDX-License-Identifier: MIT
# check_library.sh LIBRARY [nm [--record]]: compares the names that the shared
# library exports with tools/exports.txt and with the public headers, these
# names with their versions with tools/symbols.txt, which --record writes anew,
# and looks at what else it would load. Needs nothing that does not come with a
# compiler.
set -u
LC_ALL=C
export LC_ALL
library=$1
nm=${2:-nm}
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/tally.sh"

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

# name@version, or name where the system has no versions.
symbols() {
    case $library in
    *.dylib) "$nm" -gU "$library" ;;
    *) "$nm" -D --defined-only "$library" ;;
    esac | awk '$2 ~ /^[TDBRVWi]$/ { print $3 }' |
        sed -e 's/@@/@/' -e 's/^_memward/memward/' |
        grep -v -e '^__mh_' -e '^___dso' -e '^_init$' -e '^_fini$' |
        sort -u
}

record=$root/tools/symbols.txt
if [ "${3:-}" = --record ]; then
    symbols > "$record"
    echo "recorded: $(wc -l < "$record") symbols in tools/symbols.txt"
    exit 0
fi

# Each kind of change to the recorded interface must be noticed: a symbol that
# is gone, one that nobody recorded, another version.
changes_are_noticed() {
    { cat "$record"; echo memward_zzz@MEMWARD_0; } > "$work/gone"
    sed 1d "$record" > "$work/new"
    sed '1s/@.*/@MEMWARD_9/' "$record" > "$work/other"
    for change in gone new other; do
        # It is asked in a shell of its own: its failure is none of ours.
        (same_names probe "$work/$change" "$work/symbols") |
            grep -q '^not ok probe: only in one: .*@MEMWARD_' || return 1
    done
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
    symbols > "$work/symbols"
    sed 's/@.*//' "$work/symbols" > "$work/exported"
    same_names list_matches_library "$list" "$work/exported"
    # The comparison must be able to fail: the list and one name more.
    { cat "$list"; echo memward_zzz; } > "$work/longer"
    if same_names probe "$work/longer" "$work/exported" |
        grep -q '^not ok.*memward_zzz'; then
        ok comparison_can_fail
    else
        not_ok comparison_can_fail "a name too many was not noticed"
    fi
    if grep -q @ "$work/symbols"; then
        same_names symbols_are_as_recorded "$record" "$work/symbols"
        try changes_of_symbols_are_noticed changes_are_noticed
    else
        skip symbols_are_as_recorded "no versions are to be seen in $library"
    fi
fi

# Programs are bound to this name, which changes with the interface.
soname=libmemward.so.$(sed -n 's/^#define MEMWARD_VERSION_MAJOR //p' \
    "$root/include/memward/base.h")
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
        not_ok loads_only_libc_and_libsodium "it also loads $others"
    fi
    if readelf -d "$library" | grep -q "SONAME.*\[$soname\]"; then
        ok has_its_soname
    else
        not_ok has_its_soname "it is not $soname"
    fi
fi

finish check_library
