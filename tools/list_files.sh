# SPDX-License-Identifier: MIT
# Read by the checks: list_files prints every file that is, or would be, in
# the repository; outside of one, every file but what was built.
# shellcheck shell=sh
list_files() {
    git ls-files --cached --others --exclude-standard 2> /dev/null ||
        find . -name build -prune -o -type f -print | sed 's|^\./||'
}
