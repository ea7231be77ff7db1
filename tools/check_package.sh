#!/bin/sh
# SPDX-License-Identifier: MIT
# check_package.sh COMPILER: makes the Debian packages, installs them into an
# empty folder and uses them there. Nothing of this machine is changed.
set -u
cc=$1
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/tally.sh"
tree=$work/root
version=$(sed -n 's/^#define MEMWARD_VERSION_[MP][A-Z]* //p' \
    "$root/include/memward/base.h" | tr '\n' '.' | sed 's/\.$//')

for tool in dpkg dpkg-deb dpkg-shlibdeps cpack; do
    if ! command -v "$tool" > /dev/null; then
        skip packages "there is no $tool"
        finish check_package
        exit
    fi
done

package() {
    echo "$work/build/$1_$version-1_$(dpkg --print-architecture).deb"
}

# has PACKAGE FIELD PATTERN
has() {
    dpkg-deb -f "$(package "$1")" "$2" | grep -q -E "$3" && return
    echo "$2 of $1 is: $(dpkg-deb -f "$(package "$1")" "$2")"
    return 1
}

# files PACKAGE: what is in it, without its folders.
files() {
    dpkg-deb -c "$(package "$1")" | grep -v '^d' | awk '{ print $6 }'
}

# only PACKAGE PATTERN: it has files, and all of them match.
only() {
    [ -n "$(files "$1")" ] || return 1
    ! files "$1" | grep -v -E -e "$2" \
        -e "^\./usr/share/doc/$1/copyright$"
}

# has_files PACKAGE PATTERN...: a file of it for each of them.
has_files() {
    listing=$(files "$1")
    shift
    for pattern in "$@"; do
        echo "$listing" | grep -q -e "$pattern" || return 1
    done
}

# The packages' own database, in the folder. It knows no libc6, so that what
# they depend on is looked at by itself. Their scripts are run outside of the
# folder, which has no shell: they do nothing.
dpkg_there() {
    mkdir -p "$tree/var/lib/dpkg/info" "$tree/var/lib/dpkg/updates"
    touch "$tree/var/lib/dpkg/status"
    $as_root dpkg --root="$tree" --force-depends --force-script-chrootless \
        --log="$work/dpkg.log" "$@"
}

install_there() {
    dpkg_there --install "$work"/build/*.deb &&
        [ "$(grep -c '^Status: install ok installed' \
            "$tree/var/lib/dpkg/status")" -ge 3 ]
}

# Pretends only; what is in the archives has to be there on this machine.
can_be_installed() {
    LC_ALL=C apt-get install --simulate --no-install-recommends \
        "$(package libmemward0)" "$(package memward-tools)" |
        grep -q '^Inst memward-tools'
}

removes_all() {
    # shellcheck disable=SC2046  # Words are packages.
    dpkg_there --purge $(sed -n 's/^Package: //p' \
        "$tree/var/lib/dpkg/status") || return 1
    left=$(find "$tree/usr" -type f)
    [ -z "$left" ] || echo "left: $left"
    [ -z "$left" ]
}

tool_runs() {
    [ "$("$tree/usr/bin/memward" --version)" = "memward $version" ]
}

# An attack that needs nothing which a machine could lack.
tool_proves() {
    "$tree/usr/bin/memward" prove --only fork-omit | grep -q '1 promised, and held'
}

# The drop-in of the package, before a program that knows nothing of it.
shim_serves() {
    LD_LIBRARY_PATH=$libdir LD_PRELOAD=$libdir/libmemward_openssl.so.0 \
        MEMWARD_OPENSSL=always,report openssl rand -hex 8 2>&1 |
        grep -q "heap: [1-9][0-9]* allocations"
}

consumer() {
    PKG_CONFIG_LIBDIR=$libdir/pkgconfig
    PKG_CONFIG_SYSROOT_DIR=$tree
    export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
    # shellcheck disable=SC2046  # Words are flags.
    "$cc" "$root/examples/quickstart.c" -o "$work/consumer" \
        $(pkg-config --cflags --libs memward)
}

consumer_with_cmake() {
    cmake -S "$root/examples/consumer" -B "$work/consumer_build" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$tree/usr" &&
        cmake --build "$work/consumer_build"
}

# The library that is used is the packages', and the program works.
consumer_runs() {
    LD_LIBRARY_PATH=$libdir ldd "$1" | grep -q "$tree.*libmemward" &&
        LD_LIBRARY_PATH=$libdir "$1" | grep -q '^token: closed'
}

scripts_do_nothing() {
    for script in postinst postrm; do
        dpkg-deb --info "$(package libmemward0)" "$script" |
            grep -v '^#' | grep -v '^exit 0$' && return 1
    done
    dpkg-deb --info "$(package libmemward0)" triggers |
        grep -q '^activate-noawait ldconfig$'
}

symbols_are_those_of_the_library() {
    dpkg-deb --ctrl-tarfile "$(package libmemward0)" |
        tar -xO ./symbols > "$work/symbols" || return 1
    sed -n 's/^ \([^ ]*\) .*/\1/p' "$work/symbols" |
        cmp - "$root/tools/symbols.txt"
}

try packages_are_made "$root/tools/package.sh" "$work/build" \
    -DCMAKE_C_COMPILER="$cc" || {
    finish check_package
    exit
}
try library_has_the_library_alone only libmemward0 \
    '^./usr/lib/[^/]*/libmemward\.so\.[0-9.]+$'
try tools_have_the_tool_and_its_manual only memward-tools \
    '^./usr/(bin/memward|share/(man/man1|bash-completion/completions)/mem.*)$'
try dev_has_what_compilers_need only libmemward-dev \
    '^./usr/(include|lib/[^/]*/(pkgconfig|cmake|libmemward[a-z_]*\.(a|so)$)|share/man/man[37]/)'
if [ -e "$(package libmemward-shims)" ]; then
    try shims_have_the_shims_alone only libmemward-shims \
        '^./usr/(lib/[^/]*/libmemward_[a-z]+\.so\.[0-9.]+|share/man/man7/.*)$'
    try shims_have_their_libraries has_files libmemward-shims \
        'libmemward_sodium\.so' 'libmemward_openssl\.so' \
        'man7/memward-sodium\.7'
    try shims_depend_on_this_library has libmemward-shims Depends \
        "^libmemward0 \(= $version-1\)"
else
    skip shims_have_their_libraries "this tree has no shims"
    skip shims_have_the_shims_alone "this tree has no shims"
fi
try library_depends_on_libc has libmemward0 Depends '^libc6 \(>= '
try dev_depends_on_this_library has libmemward-dev Depends \
    "^libmemward0 \(= $version-1\)"
try tools_depend_on_libc has memward-tools Depends '^libc6 \(>= '
try library_is_in_libs has libmemward0 Section '^libs$'
try dev_is_in_libdevel has libmemward-dev Section '^libdevel$'
try tools_are_in_utils has memward-tools Section '^utils$'
try descriptions_begin_with_a_summary has memward-tools Description \
    '^proves what protects secrets'
try symbols_are_those_of_the_library symbols_are_those_of_the_library
try ldconfig_is_left_to_a_trigger scripts_do_nothing

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=fakeroot
fi
if [ -n "$as_root" ] && ! command -v fakeroot > /dev/null; then
    skip installs "neither root nor fakeroot; only unpacked"
    for deb in "$work"/build/*.deb; do
        dpkg-deb -x "$deb" "$tree"
    done
else
    try installs install_there
fi
libdir=$(dirname "$(find "$tree" -name libmemward.a)")
try tool_runs tool_runs
try tool_proves tool_proves
if [ -e "$libdir/libmemward_openssl.so.0" ] && command -v openssl > /dev/null
then
    try shim_serves shim_serves
else
    skip shim_serves "no drop-in in the packages, or no openssl"
fi
if command -v pkg-config > /dev/null; then
    try consumer_builds consumer &&
        try consumer_runs consumer_runs "$work/consumer"
else
    skip consumer_builds "there is no pkg-config"
fi
try consumer_with_cmake_builds consumer_with_cmake &&
    try consumer_with_cmake_runs consumer_runs "$work/consumer_build/consumer"
if [ -s "$work/dpkg.log" ]; then
    try removes_all removes_all
fi
if command -v apt-get > /dev/null && [ -d /var/lib/apt/lists ]; then
    try apt_would_install_them can_be_installed
else
    skip apt_would_install_them "there is no apt-get"
fi
finish check_package
