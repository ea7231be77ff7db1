#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh build|check|cross|deb|lab|bench: makes sure that the tools for it are here.
#
# On Debian and its kin missing ones are announced and installed, when root or
# with a sudo that asks no password; otherwise the one line to run is printed
# and the answer is 1. With DEPS=no nothing is installed: what is missing is
# named, and the answer is 1 only if not even a build is possible.
set -u

# A line each: what for, how to see it, the Debian package that has it.
# build: what everyone needs. seal: what a build goes without, if it must, and
# then cannot seal. cross, check and deb: what only those need.
# lab: the processors that are emulated for "make check-lab".
# bench: who is measured beside memward.
needs() {
    cat <<'LIST'
build command:cmake cmake
build command:make make
build command:cc gcc
build header:stdio.h libc6-dev
seal header:sodium.h libsodium-dev
cross command:ninja ninja-build
cross command:python3 python3
cross python:ssl,venv,ensurepip python3-venv
cross command:clang clang
check command:gcc gcc
check command:clang clang
check command:c++ g++
check file:clang-rt libclang-rt-dev
check command:clang-tidy clang-tidy
check command:clang-format clang-format
check command:pkg-config pkg-config
check command:x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
check file:wine64 wine64
check command:nm binutils
check command:gdb gdb
check command:valgrind valgrind
check header:openssl/evp.h libssl-dev
check command:openssl openssl
check command:ssh-agent openssh-client
check command:mandoc mandoc
check command:minisign minisign
check command:strace strace
check command:setpriv util-linux
check command:qemu-system-x86_64 qemu-system-x86
deb command:dpkg-shlibdeps dpkg-dev
lab command:qemu-system-aarch64 qemu-system-arm
lab command:qemu-system-ppc64 qemu-system-ppc
lab command:qemu-system-s390x qemu-system-misc
lab command:qemu-s390x-static qemu-user-static
bench command:c++ g++
bench header:openssl/crypto.h libssl-dev
bench header:gcrypt.h libgcrypt20-dev
bench header:mimalloc.h libmimalloc-dev
bench file:botan-2 libbotan-2-dev
LIST
}

# The library of sanitizer run-times that clang's own version wants.
clang_rt_package() {
    major=$(clang --version 2>/dev/null |
        sed -n 's/.*clang version \([0-9]*\).*/\1/p')
    if [ -n "$major" ]; then
        echo "libclang-rt-$major-dev"
    else
        # Debian's default clang; its package follows in a second round.
        echo ""
    fi
}

present() {
    kind=${1%%:*}
    name=${1#*:}
    case $kind in
    command)
        command -v "$name" > /dev/null
        ;;
    header)
        # A compiler without the C library's headers cannot build anything.
        command -v cc > /dev/null || return 1
        echo "#include <$name>" | cc -E - > /dev/null 2>&1
        ;;
    python)
        for python in python3 /usr/bin/python3; do
            "$python" -c "import $name" 2> /dev/null && return 0
        done
        return 1
        ;;
    file)
        case $name in
        wine64)
            [ -x /usr/lib/wine/wine64 ] || command -v wine64 > /dev/null ||
                command -v wine > /dev/null
            ;;
        botan-2)
            [ -e /usr/include/botan-2/botan/mem_ops.h ]
            ;;
        clang-rt)
            command -v clang > /dev/null || return 0
            [ -e "$(clang --print-file-name=libclang_rt.asan-x86_64.a)" ] ||
                [ "$(uname -m)" != x86_64 ]
            ;;
        esac
        ;;
    esac
}

# Names the packages that are missing for the purposes in $1.
missing() {
    needs | while read -r purpose probe package; do
        case " $1 " in
        *" $purpose "*) ;;
        *) continue ;;
        esac
        present "$probe" && continue
        if [ "$package" = libclang-rt-dev ]; then
            package=$(clang_rt_package)
        fi
        echo "$package"
    done | sort -u | tr '\n' ' ' | sed 's/ *$//'
}

# Runs apt-get with the rights there are; 1 if there are none.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif sudo -n true 2> /dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

install_packages() {
    # The lists of packages are only fetched where they are not known yet.
    # shellcheck disable=SC2086  # Words are packages.
    if ! apt-get install --simulate --no-install-recommends -qq $1 \
        > /dev/null 2>&1; then
        echo "memward: fetching the lists of packages (apt-get update)"
        as_root apt-get update -qq || return 1
    fi
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends $1 > /dev/null
}

case ${1:-} in
build) purposes="build seal" ;;
cross) purposes="build cross" ;;
check) purposes="build seal cross deb check" ;;
deb) purposes="build seal deb" ;;
lab) purposes="build seal cross deb check lab" ;;
bench) purposes="build seal bench" ;;
*)
    echo "usage: deps.sh build|check|cross|deb|lab|bench" >&2
    exit 2
    ;;
esac

# Two rounds, because clang's run-time can only be named once clang is here.
before=""
for round in 1 2; do
    packages=$(missing "$purposes")
    [ -z "$packages" ] && exit 0
    [ "$packages" = "$before" ] && break
    before=$packages
    line="apt-get install --no-install-recommends $packages"
    if [ "${DEPS:-yes}" = no ]; then
        echo "memward: missing, and not installed since DEPS=no: $packages"
        [ -z "$(missing build)" ] && exit 0
        exit 1
    fi
    if ! command -v apt-get > /dev/null; then
        echo "memward: please install what Debian calls: $packages"
        [ -z "$(missing build)" ] && exit 0
        exit 1
    fi
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2> /dev/null; then
        if [ "$packages" = libsodium-dev ]; then
            echo "memward: goes without sealing; for it: sudo $line"
            exit 0
        fi
        echo "memward: please run this one line, then try again:"
        echo "    sudo $line"
        exit 1
    fi
    echo "memward: installing $packages"
    if ! install_packages "$packages"; then
        echo "memward: that failed; please run this one line, then try again:"
        echo "    $line"
        exit 1
    fi
done
left=$(missing "$purposes")
if [ -n "$left" ]; then
    echo "memward: still missing after installing: $left"
    exit 1
fi
