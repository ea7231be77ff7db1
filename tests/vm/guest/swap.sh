# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# A process with patterns in all kinds of memory pushes them out to the disk;
# then another needs more memory than there is. The first lives to the end, so
# that nothing of it is given back before the power goes.
mkswap /dev/vda > /dev/null && swapon /dev/vda || exit 1
lab_secrets hold > /tmp/held 2>&1 &
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    grep -q ready /tmp/held && break
    sleep 1
done
run root lab_secrets cat /tmp/held
run root press lab_secrets press "$(value lab_press)"
run root prove /lab/memward prove --json --only swap-reader
as_user prove /lab/memward prove --json --only swap-reader
say "written $(sed -n 's/^pswpout //p' /proc/vmstat)"
say "swapped $(awk '/^SwapTotal/ {t = $2} /^SwapFree/ {f = $2} END {print t - f}' /proc/meminfo)"
sync
