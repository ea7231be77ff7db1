#!/bin/sh
# SPDX-License-Identifier: MIT
# zig.sh: puts a pinned zig into build/zig, for the cross builds only. It is a
# C compiler that brings the C libraries of other systems.
set -eu
version=0.17.1
cd "$(dirname "$0")/.."
root=$PWD/build/zig
if [ -x "$root/bin/zig-cc" ] &&
    [ "$(cat "$root/version" 2> /dev/null)" = "$version" ]; then
    exit 0
fi

# A python3 that was built by hand may lack what fetching needs.
for python in python3 /usr/bin/python3 none; do
    "$python" -c 'import ssl, venv, ensurepip' 2> /dev/null && break
done
if [ "$python" = none ]; then
    echo "zig.sh: needs a python3 with venv and ssl" >&2
    exit 1
fi
rm -rf "$root/venv" "$root/bin"
mkdir -p "$root/bin"
"$python" -m venv "$root/venv"
"$root/venv/bin/python3" -m pip install --quiet --disable-pip-version-check \
    "ziglang==$version"
zig=$("$root/venv/bin/python3" -c \
    'import os, ziglang; print(os.path.dirname(ziglang.__file__) + "/zig")')
# CMake wants one program per task. The caches stay within the build folder.
for tool in cc ar ranlib objcopy; do
    cat > "$root/bin/zig-$tool" << SCRIPT
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR="$root/cache"
export ZIG_LOCAL_CACHE_DIR="$root/cache"
exec "$zig" $tool "\$@"
SCRIPT
    chmod +x "$root/bin/zig-$tool"
done
echo "$version" > "$root/version"
