#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test program as the user nobody with a limit of locked memory.
# Usage: as_user.sh AS_USER LIMIT PROGRAM
#
# The build tree may lie where that user cannot read, so the program is copied
# to a folder of its own first.
set -u
as_user=$1
limit=$2
program=$3

folder=$(mktemp -d "${TMPDIR:-/tmp}/memward-user-XXXXXX") || exit 2
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' HUP INT TERM
chmod 755 "$folder" || exit 2
cp "$program" "$folder/" || exit 2
chmod 755 "$folder/${program##*/}" || exit 2
cd / || exit 2
echo "# limit of locked memory: $limit bytes"
"$as_user" "$limit" "$folder/${program##*/}"
