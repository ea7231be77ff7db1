#!/bin/sh
# SPDX-License-Identifier: MIT
# check_install.sh BUILD COMPILER: installs what is in BUILD into an empty
# folder and builds a program against it in every way that is offered.
set -u
build=$1
cc=$2
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/tally.sh"
stage=$work/stage

cat > "$work/consumer.c" << 'PROGRAM'
#include <memward/mem_sys.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
	void *mem;

	if (memward_sys_alloc(32, &mem) != 0)
		return 1;
	memcpy(mem, "kept", 5);
	puts(memward_version());
	return memward_sys_free(mem, 32) == 0 ? 0 : 1;
}
PROGRAM

write_project() {
    mkdir -p "$1"
    cp "$work/consumer.c" "$1/"
    {
        echo 'cmake_minimum_required(VERSION 3.20)'
        echo 'project(consumer C)'
        echo "$2"
        echo 'add_executable(with_shared consumer.c)'
        echo 'target_link_libraries(with_shared PRIVATE memward::memward)'
        echo 'add_executable(with_static consumer.c)'
        echo 'target_link_libraries(with_static PRIVATE'
        echo '  memward::memward_static)'
    } > "$1/CMakeLists.txt"
}

# As a packager does: everything is in the staged folder, and knows nothing of
# it.
is_staged() {
    DESTDIR=$work/dest cmake --install "$build" --prefix /usr/local || return 1
    [ "$(ls "$work/dest")" = usr ] && [ "$(ls "$work/dest/usr")" = local ] ||
        return 1
    ! grep -r "$work/dest" "$work/dest/usr/local" &&
        grep -q '^prefix=/usr/local$' "$(find "$work/dest" -name memward.pc)"
}

# What the project prints must be the version it says it installed.
runs() {
    [ "$(LD_LIBRARY_PATH=$libdir "$1")" = "$version" ]
}

cmake_consumer() {
    try "$1_configures" cmake -S "$work/$1" -B "$work/$1/build" \
        -DCMAKE_C_COMPILER="$cc" "-DCMAKE_PREFIX_PATH=$stage" || return
    try "$1_builds" cmake --build "$work/$1/build" || return
    try "$1_shared_runs" runs "$work/$1/build/with_shared"
    try "$1_static_runs" runs "$work/$1/build/with_static"
}

pkg_config_consumer() {
    PKG_CONFIG_PATH=$libdir/pkgconfig
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046  # Words are flags.
    try pkg_config_shared_builds "$cc" "$work/consumer.c" -o "$work/shared" \
        $(pkg-config --cflags --libs memward) &&
        try pkg_config_shared_runs runs "$work/shared"
    # The static library, and of the shared one not even the file.
    mkdir "$work/archive"
    cp "$libdir/libmemward.a" "$work/archive/"
    # shellcheck disable=SC2046
    try pkg_config_static_builds "$cc" "$work/consumer.c" -o "$work/static" \
        "-L$work/archive" $(pkg-config --cflags memward) \
        $(pkg-config --static --libs memward | sed "s|-L$libdir||") &&
        try pkg_config_static_runs env LD_LIBRARY_PATH= "$work/static"
    version_of_package=$(pkg-config --modversion memward)
    try pkg_config_version [ "$version_of_package" = "$version" ]
}

# The example for C++, by pkg-config.
cpp_consumer() {
    # shellcheck disable=SC2046  # Words are flags.
    c++ -std=c++17 "$root/examples/quickstart.cpp" -o "$work/cpp" \
        $(pkg-config --cflags --libs memward) || return 1
    LD_LIBRARY_PATH=$libdir "$work/cpp" | grep -q '^welcome'
}

# A project of C++ alone.
cpp_project() {
    mkdir -p "$work/cpp_project"
    {
        echo 'cmake_minimum_required(VERSION 3.20)'
        echo 'project(consumer CXX)'
        echo 'find_package(memward 0.1 REQUIRED)'
        echo "add_executable(consumer \"$root/examples/quickstart.cpp\")"
        echo 'target_compile_features(consumer PRIVATE cxx_std_17)'
        echo 'target_link_libraries(consumer PRIVATE memward::memward)'
    } > "$work/cpp_project/CMakeLists.txt"
    cmake -S "$work/cpp_project" -B "$work/cpp_project/build" \
        "-DCMAKE_PREFIX_PATH=$stage" &&
        cmake --build "$work/cpp_project/build" &&
        "$work/cpp_project/build/consumer" | grep -q '^welcome'
}

# Each header alone must be enough for a compiler: C's for C and C++, and
# memward.hpp with its parts for C++.
headers_stand_alone() {
    for header in $(cd "$stage/include" && find . -name '*.h*'); do
        case $header in
        *.h)
            echo "#include <${header#./}>" |
                "$cc" "-I$stage/include" -std=c11 -Wall -Wextra -Wpedantic \
                    -Werror -fsyntax-only -xc - || return 1
            ;;
        esac
        echo "#include <${header#./}>" |
            "$cc" "-I$stage/include" -std=c++17 -Wall -Wextra -Wpedantic \
                -Werror -fsyntax-only -xc++ - || return 1
    done
    [ -e "$stage/include/memward.hpp" ]
}

try installs cmake --install "$build" --prefix "$stage"
try is_staged is_staged
libdir=$(dirname "$(find "$stage" -name libmemward.a)")
version=$(sed -n 's/^#define MEMWARD_VERSION_[MP][A-Z]* //p' \
    "$root/include/memward/base.h" | tr '\n' '.' | sed 's/\.$//')

try licence_is_installed test -s "$stage/share/licenses/memward/LICENSE"
if [ -e "$build/cli/memward" ]; then
    try tool_is_installed test -x "$stage/bin/memward"
    try manual_is_installed test -s "$stage/share/man/man1/memward-prove.1"
    try completion_is_installed test -s \
        "$stage/share/bash-completion/completions/memward"
    try manual_is_installed test -s "$stage/share/man/man1/memward-scan.1"
    try manual_of_a_call_is_installed test -s "$stage/share/man/man3/memward_end.3"
else
    skip tool_is_installed "this build has no tool"
fi
if echo 'int main(void) { return 0; }' |
    "$cc" -fsyntax-only -xc++ - > /dev/null 2>&1; then
    try headers_stand_alone headers_stand_alone
else
    skip headers_stand_alone "$cc does not compile C++"
fi

if command -v c++ > /dev/null; then
    try cpp_project_runs cpp_project
else
    skip cpp_project_runs "there is no C++ compiler"
fi
write_project "$work/find_package" 'find_package(memward 0.1 REQUIRED)'
cmake_consumer find_package
# Without the network; what it fetches is then used as add_subdirectory() has
# it.
write_project "$work/fetch_content" "include(FetchContent)
FetchContent_Declare(memward SOURCE_DIR \"$root\")
FetchContent_MakeAvailable(memward)"
cmake_consumer fetch_content
write_project "$work/add_subdirectory" \
    "add_subdirectory(\"$root\" memward EXCLUDE_FROM_ALL)"
try add_subdirectory_configures cmake -S "$work/add_subdirectory" \
    -B "$work/add_subdirectory/build" -DCMAKE_C_COMPILER="$cc"
if command -v pkg-config > /dev/null; then
    pkg_config_consumer
    if command -v c++ > /dev/null; then
        try cpp_consumer_runs cpp_consumer
    else
        skip cpp_consumer_runs "there is no C++ compiler"
    fi
else
    skip pkg_config "pkg-config is not installed"
fi

finish check_install
