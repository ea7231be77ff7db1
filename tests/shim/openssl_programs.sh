#!/bin/sh
# SPDX-License-Identifier: MIT
# openssl_programs.sh SHIM LIBCRYPTO USER LINKED: the system's openssl, as it
# is, with the stand-in for the secure heap loaded before libcrypto. What it
# prints at exit counts what was really allocated in the heap. USER is linked
# with libcrypto alone, LINKED has the stand-in before it.
set -u
shim=$1
libcrypto=$2
user=$3
linked=$4
. "$(dirname "$0")/../../tools/tally.sh"
cd "$work" || exit 2

skip_all() {
    skip openssl_programs "$1"
    finish openssl_programs
    exit
}

# expect NAME PATTERN WORDS COMMAND...: it succeeds and says PATTERN, with
# these words in MEMWARD_OPENSSL. Without words nothing is loaded before it.
expect() {
    name=$1
    pattern=$2
    words=$3
    shift 3
    if [ -n "$words" ]; then
        set -- env MEMWARD_OPENSSL="$words" LD_PRELOAD="$shim" "$@"
    fi
    if "$@" > log 2>&1 < /dev/null &&
        { [ -z "$pattern" ] || grep -q -- "$pattern" log; }; then
        ok "$name"
    else
        not_ok "$name" "it failed, or does not say \"$pattern\": $(cat log)"
    fi
}

if ! command -v openssl > /dev/null || ! command -v readelf > /dev/null; then
    skip_all "openssl or readelf is not here"
fi
# Where libcrypto binds its own calls to itself, nothing loaded before it is
# reached by them.
if readelf -dW "$libcrypto" | grep -q SYMBOLIC ||
    ! readelf -rW "$libcrypto" | grep -q 'JU*MP_SLO.* CRYPTO_secure_malloc'
then
    skip_all "libcrypto was built to call itself alone"
fi

none=" 0 allocations"
some=" [1-9][0-9]* allocations"
echo "a text" > text
expect control_has_its_own "heap is of OpenSSL" "" "$user"
expect preloaded_it_has_ours "heap is of memward" report "$user"
expect linked_before_it_has_ours "heap is of memward" "" "$linked"
# libcrypto's own calls for a key reach it too.
expect libcrypto_itself_has_ours "libcrypto took [1-9]" "" "$linked"
# Nobody starts the heap in this program: the count can be 0.
expect without_word_nothing "$none" report \
    openssl genpkey -algorithm ED25519 -out unused
expect keys_are_made "$some" always,report \
    openssl genpkey -algorithm ED25519 -out ed
expect rsa_keys_are_made "$some" always,report \
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa
expect keys_are_read "$some" always,report openssl pkey -in rsa -check -noout
expect keys_are_good "Key is valid" "" openssl pkey -in rsa -check -noout
expect keys_are_encrypted "$some" always,report \
    openssl pkcs8 -topk8 -in rsa -passout pass:word -out box
expect keys_are_decrypted "$some" always,report \
    openssl pkey -in box -passin pass:word -out rsa2
expect the_same_key "" "" cmp rsa rsa2
expect it_signs "$some" always,report \
    openssl pkeyutl -sign -rawin -in text -inkey ed -out signature
openssl pkey -in ed -pubout -out public
expect it_verifies_alone "Verified Successfully" "" openssl pkeyutl \
    -verify -rawin -in text -inkey public -pubin -sigfile signature
expect random_bytes "$some" always,report openssl rand -hex 8
finish openssl_programs
