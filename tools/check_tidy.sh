#!/bin/sh
# SPDX-License-Identifier: MIT
# check_tidy.sh BUILD: clang-tidy, with the reviewed list in .clang-tidy, on
# every C file of the library and the tool. BUILD has compile_commands.json.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/list_files.sh
tidy=${CLANG_TIDY:-clang-tidy}
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One command per file: one that is compiled for several programs would be
# looked at again for each, and version 14 takes va_lists for unset when it
# looks at a second file in one run. The library's own command comes first.
python3 - "$build" "$work" << 'PROGRAM' || exit 1
import json, sys
build, work = sys.argv[1:]
with open(build + "/compile_commands.json", encoding="utf-8") as file:
    commands = json.load(file)
commands.sort(key=lambda entry: "tests/" in entry["command"])
first = {}
for entry in commands:
    first.setdefault(entry["file"], entry)
with open(work + "/compile_commands.json", "w", encoding="utf-8") as file:
    json.dump(list(first.values()), file, indent=0)
PROGRAM

known() {
    grep -q "\"file\": \".*/$1\"" "$work/compile_commands.json"
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
xargs -n 1 -P "${JOBS:-2}" "$tidy" -p "$work" --quiet \
    < "$work/here" > "$work/log" 2>&1 || failed=1
if [ -s "$work/windows" ] && [ -d /usr/x86_64-w64-mingw32/include ]; then
    # shellcheck disable=SC2046  # Words are files.
    "$tidy" --quiet $(cat "$work/windows") -- \
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

# The reviewed list must be one that can complain.
cp .clang-tidy "$work/"
cat > "$work/bad.c" << 'PROGRAM'
#include <stdlib.h>
int bad(void);
int bad(void)
{
	int *p = malloc(sizeof(p));
	free(p);
	return *p;
}
PROGRAM
noticed=0
"$tidy" --quiet "$work/bad.c" -- -std=c11 > "$work/bad.log" 2>&1 ||
    noticed=$(grep -c 'clang-analyzer-unix.Malloc' "$work/bad.log")

if [ ! -s "$work/here" ]; then
    echo "not ok tidy: no file was looked at"
    failed=1
elif [ "$failed" -ne 0 ]; then
    grep -v '^[0-9]* warnings\{0,1\} ' "$work/log"
    echo "The same in short:"
    sed -n "s|^$PWD/\(.*: error: .*\)|not ok tidy: \1|p" "$work/log" |
        sort -u
    echo "not ok tidy: clang-tidy does not accept the files above"
else
    echo "ok tidy ($(cat "$work/here" "$work/windows" | wc -l) files)"
fi
passed=$((1 - failed))
if [ "$noticed" -gt 0 ]; then
    echo "ok tidy_notices_a_bad_file"
    passed=$((passed + 1))
else
    echo "not ok tidy_notices_a_bad_file: it said nothing"
    failed=$((failed + 1))
fi
echo "check_tidy: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
