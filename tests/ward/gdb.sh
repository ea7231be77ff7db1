#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb.sh STACK_TEST: a debugger finds its way from a function on a ward's
# stack back to its caller.
set -u
program=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

end() { # LINE PASSED FAILED SKIPPED
    echo "$1"
    echo "gdb: $2 passed, $3 failed, $4 skipped"
    [ "$3" -eq 0 ]
    exit
}

skip() {
    end "skip a_debugger_finds_its_way_back: $1" 0 0 1
}

command -v gdb > /dev/null || skip "gdb is not here"
DEBUGINFOD_URLS='' gdb -batch -nx -ex 'set startup-with-shell off' -ex run \
    -ex 'echo stack:\n' -ex backtrace \
    --args "$program" --child stop_inside > "$log" 2>&1
grep -q '^stack:' "$log" || skip "gdb cannot run a program here"
grep -q 'caller.s own stack' "$log" && skip "no stack is switched here"
for name in stop_here mw_cpu_call_and_clear memward_call_sized call; do
    if ! sed '1,/^stack:/d' "$log" | grep -q "^#.* $name "; then
        sed 's/^/    /' "$log"
        end "not ok a_debugger_finds_its_way_back: no frame of $name" 0 1 0
    fi
done
end "ok a_debugger_finds_its_way_back" 1 0 0
