#!/bin/sh
# SPDX-License-Identifier: MIT
# check_format.sh: every C and C++ file is as clang-format 14 would write it.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/list_files.sh
format=${CLANG_FORMAT:-clang-format}
passed=0
failed=0

sources=$(list_files | grep -E '\.(c|h|cpp|hpp)$')
count=$(echo "$sources" | wc -l | tr -d ' ')
# shellcheck disable=SC2086  # Words are files.
if "$format" --dry-run -Werror $sources; then
    echo "ok format ($count files)"
    passed=$((passed + 1))
else
    echo "not ok format: run clang-format -i on these files"
    failed=$((failed + 1))
fi

if echo 'int  a ;' | "$format" --dry-run -Werror > /dev/null 2>&1; then
    echo "not ok format_notices_a_bad_file: it said nothing"
    failed=$((failed + 1))
else
    echo "ok format_notices_a_bad_file"
    passed=$((passed + 1))
fi
echo "check_format: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
