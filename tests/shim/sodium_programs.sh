#!/bin/sh
# SPDX-License-Identifier: MIT
# sodium_programs.sh SHIM USER LINKED STATIC SEAL_TEST: programs that were
# written for libsodium. USER is linked with libsodium alone, LINKED has the
# stand-in before it, STATIC has the static one in itself.
set -u
shim=$1
user=$2
linked=$3
static=$4
seal_test=$5
. "$(dirname "$0")/../../tools/tally.sh"
# Core files, if there are any, go with it.
cd "$work" || exit 2

# expect NAME STATUS TEXT COMMAND...: its status, and TEXT in what it says.
expect() {
    name=$1
    status=$2
    text=$3
    shift 3
    "$@" > "$work/log" 2>&1 < /dev/null
    got=$?
    if [ "$got" -eq "$status" ] &&
        { [ -z "$text" ] || grep -qF "$text" "$work/log"; }; then
        ok "$name"
    else
        not_ok "$name" "status $got, not $status, or it lacks \"$text\": $(
            cat "$work/log")"
    fi
}

preloaded() {
    LD_PRELOAD=$shim "$@"
}

# The wait status of a shell for a child that SIGSEGV ends.
fault=139
line="memward: sodium_free: memory next to a secret was overwritten"

expect control_alone 0 "the memory is of libsodium" "$user"
expect preloaded 0 "the memory is of memward" preloaded "$user"
expect linked_before 0 "the memory is of memward" "$linked"
expect static_computes 0 "computed" "$static"
expect control_alone_breaks $fault "" "$user" break
expect preloaded_breaks $fault "$line" preloaded "$user" break
expect linked_before_breaks $fault "$line" "$linked" break
expect static_breaks $fault "$line" "$static" break
# memward's sealing calls libsodium, which calls what was preloaded.
expect sealing_while_preloaded 0 " 0 failed" preloaded "$seal_test" \
    every_length_comes_back libsodium_agrees_on_every_byte

# Set-uid programs do not do as their user's environment says.
set_uid_case() {
    chmod 755 "$work"
    cp "$static" plain && cp "$static" set-uid && cp /usr/bin/id id || exit 2
    chmod 4755 set-uid id
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    # shellcheck disable=SC2086  # Words of a command.
    if [ "$($as_user ./id -u 2> /dev/null)" != 0 ]; then
        skip set_uid "set-uid programs, or setpriv, do not work here"
        return
    fi
    MEMWARD_SODIUM=nonsense
    export MEMWARD_SODIUM
    # shellcheck disable=SC2086
    expect control_obeys 3 "unknown word" $as_user ./plain
    # shellcheck disable=SC2086
    expect set_uid_does_not_obey 0 "computed" $as_user ./set-uid
    unset MEMWARD_SODIUM
}

if [ "$(id -u)" = 0 ]; then
    set_uid_case
else
    skip set_uid "it takes root to make such a program"
fi

# A program of Debian's, which asks for guarded memory for all that is secret.
minisign_case() {
    echo "a text" > text
    expect minisign_makes_keys 0 "public key" \
        preloaded minisign -G -W -p public -s secret
    expect minisign_signs 0 "" preloaded minisign -S -s secret -m text
    expect minisign_verifies 0 "verified" \
        preloaded minisign -V -p public -m text
    expect minisign_verifies_alone 0 "verified" \
        minisign -V -p public -m text
    echo "another text" > text
    expect minisign_refuses 1 "" preloaded minisign -V -p public -m text
    # Its memory is ours: a word that we do not know stops it.
    expect minisign_has_our_memory 2 "MEMWARD_SODIUM: unknown word" \
        env MEMWARD_SODIUM=nonsense LD_PRELOAD="$shim" \
        minisign -V -p public -m text
}

if command -v minisign > /dev/null; then
    minisign_case
else
    skip minisign "it is not here"
fi
finish sodium_programs
