#!/bin/sh
# SPDX-License-Identifier: MIT
# denied.sh DENY CALL ERROR PROGRAM...: runs the test programs on a kernel that
# refuses the call with that error.
set -u
deny=$1
call=$2
error=$3
shift 3
bad=0
for program in "$@"; do
    echo "# $call refused with $error: ${program##*/}"
    "$deny" "$call" "$error" "$program" || bad=1
done
[ "$bad" -eq 0 ]
