# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# The suite and the proof, as root and as an ordinary user.
while read -r program; do
    run root "$program" "/lab/$program"
    as_user "$program" "/lab/$program"
done < /lab/suites
# QEMU itself may fail: 7.2 does, of a child of the proof on s390x.
[ "$(value lab_prove)" = no ] && return 0
run root prove /lab/memward prove --json
as_user prove /lab/memward prove --json
