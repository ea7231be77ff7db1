#!/bin/sh
# SPDX-License-Identifier: MIT
# check_format.sh: every C file is as clang-format 14 would write it.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/list_files.sh
sources=$(list_files | grep '\.[ch]$')
count=$(echo "$sources" | wc -l | tr -d ' ')
# shellcheck disable=SC2086  # Words are files.
if clang-format --dry-run -Werror $sources; then
    echo "ok format ($count files)"
    echo "check_format: 1 passed, 0 failed, 0 skipped"
else
    echo "not ok format: run clang-format -i on these files"
    echo "check_format: 0 passed, 1 failed, 0 skipped"
    exit 1
fi
