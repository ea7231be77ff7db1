#!/bin/sh
# SPDX-License-Identifier: MIT
# leaks.sh MEMWARD LEAKS: what containers leave in memory, by memward scan of
# the program as it ends: the standard allocator's copies are found, and with
# memward's there is none.
set -u
memward=$1
leaks=$2
. "$(dirname "$0")/../../tools/tally.sh"

# Short enough to lie within a std::string itself.
od -An -N 6 -t x1 /dev/urandom | tr -d ' \n' > "$work/secret"

# left MODE: prints how many copies are found, or why that cannot be told.
left() {
    scan_of "$memward" "$leaks" "$1" < "$work/secret" || return
    sed -n 's/.*"found": *\([0-9]*\).*/\1/p' "$work/json" | head -n 1
}

# expect NAME MODE none|some
expect() {
    if ! found=$(left "$2"); then
        not_ok "$1" "memward scan: $found"
    elif [ "$3" = none ] && [ "$found" != 0 ]; then
        not_ok "$1" "found $found: $(cat "$work/json")"
    elif [ "$3" = some ] && ! [ "$found" -gt 0 ]; then
        not_ok "$1" "nothing was found"
    else
        ok "$1 ($found found)"
    fi
}

why=$(left nothing)
if [ $? -eq 2 ]; then
    skip leaks "memward scan cannot look here: $why"
    finish leaks
    exit
fi
expect without_a_container_nothing_is_left nothing none
expect a_standard_vector_leaves_copies standard-vector some
expect a_standard_string_leaves_copies standard-string some
expect a_vector_in_a_ward_leaves_none ward-vector none
expect a_secret_string_leaves_none secret-string none
expect a_short_string_is_in_no_ward short-string some
expect a_short_secret_string_leaves_none short-secret-string none
finish leaks
