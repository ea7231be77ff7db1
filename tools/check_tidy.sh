#!/bin/sh
# SPDX-License-Identifier: MIT
# check_tidy.sh BUILD: clang-tidy, with the reviewed list in .clang-tidy, on
# every C file of the library and the tool. BUILD has compile_commands.json.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/list_files.sh
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

known() {
    grep -q "\"file\": \".*/$1\"" "$build/compile_commands.json"
}

# Files that this build compiles, those for Windows, and those for neither.
list_files | grep -E '^(src|cli)/.*\.c$' | while read -r source; do
    if known "$source"; then
        echo "$source" >> "$work/here"
    elif echo "$source" | grep -q windows; then
        echo "$source" >> "$work/windows"
    else
        echo "$source" >> "$work/nowhere"
    fi
done
touch "$work/here" "$work/windows" "$work/nowhere"

failed=0
skipped=0
xargs -n 4 -P "${JOBS:-2}" clang-tidy -p "$build" --quiet \
    < "$work/here" > "$work/log" 2>&1 || failed=1
if [ -s "$work/windows" ] && [ -d /usr/x86_64-w64-mingw32/include ]; then
    # shellcheck disable=SC2046  # Words are files.
    clang-tidy --quiet $(cat "$work/windows") -- \
        --target=x86_64-w64-mingw32 -std=c11 -Iinclude -Isrc \
        >> "$work/log" 2>&1 || failed=1
elif [ -s "$work/windows" ]; then
    echo "skip tidy_windows: the headers of mingw-w64 are not installed"
    skipped=$((skipped + 1))
fi
while read -r source; do
    echo "skip tidy_$source: nothing compiles it on this system"
    skipped=$((skipped + 1))
done < "$work/nowhere"

if [ ! -s "$work/here" ]; then
    echo "not ok tidy: no file was looked at"
    failed=1
elif [ "$failed" -ne 0 ]; then
    grep -v '^[0-9]* warnings\{0,1\} ' "$work/log"
    echo "not ok tidy: see above"
else
    echo "ok tidy ($(cat "$work/here" "$work/windows" | wc -l) files)"
fi
echo "check_tidy: $((1 - failed)) passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
