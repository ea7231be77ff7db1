#!/bin/sh
# SPDX-License-Identifier: MIT
# vault_test.sh MEMWARD FOLDER [--print]: looks with memward scan at the
# memory of the programs in FOLDER, at three moments, and compares the table in
# README.md with what it finds; --print prints the rows of a new one.
set -u
memward=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../tools/tally.sh"

# Eight entries, of which the third is the one that is looked for. Longer than
# what malloc() writes into a block that is freed.
random() {
    od -An -N 24 -t x1 /dev/urandom | tr -d ' \n'
}
secret=$(random)
printf '%s' "$secret" > "$work/secret"
for name in bank shop mail forum news work home club; do
    password=$(random)
    [ "$name" != mail ] || password=$secret
    echo "$name $password"
done > "$work/vault"

# The kinds of memory that hits lie in, from the JSON of a scan, a hit per line.
places() {
    kinds=$(awk '/"locked": true, "dumped": false/ { print "locked pages"; next }
        sub(/.*"kind": "/, "") { sub(/".*/, ""); print }' "$work/json" |
        sort -u | tr '\n' ',' | sed -e 's/,$//' -e 's/,/, /g')
    echo "${kinds:-nothing}"
}

# found PROGRAM MOMENT: where copies of the secret are; 2 if the tool cannot
# look, 3 if something else went wrong.
found() {
    scan_of "$memward" "$folder/vault_$1" "$work/vault" "$2" < /dev/null ||
        return
    places
}

title() {
    case $1 in
    malloc) echo "\`malloc\`" ;;
    *) echo "$1" | sed -e 's/sodium/libsodium/' ;;
    esac
}

row() {
    printf '| %s' "$(title "$1")"
    for moment in unlocked used locked; do
        places=$(found "$1" "$moment") || return 1
        printf ' | %s' "$places"
    done
    echo ' |'
}

# The same row in README.md.
kept() {
    grep -F "| $(title "$1") |" "$here/README.md"
}

compare() {
    if ! row=$(row "$1"); then
        not_ok "$1" "it cannot be looked at: $(cat "$work/errors" "$work/json")"
    elif [ "$row" = "$(kept "$1")" ]; then
        ok "$1: $row"
    else
        not_ok "$1" "found: $row, but README.md has: $(kept "$1")"
    fi
}

found malloc unlocked > "$work/why"
if [ $? -eq 2 ]; then
    skip vault "memward scan cannot look here: $(cat "$work/why")"
    finish vault
    exit
fi
for program in malloc sodium memward; do
    if [ ! -x "$folder/vault_$program" ]; then
        skip "$program" "its library was not there to build with"
    elif [ "${3:-}" = --print ]; then
        row "$program"
    else
        compare "$program"
    fi
done
finish vault
