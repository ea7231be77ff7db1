# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# Hibernation: with hidden pages alive the kernel must refuse; without them it
# writes all of its memory to the disk, locked pages too, and turns itself off.
mkswap /dev/vda > /dev/null && swapon /dev/vda || exit 1
cat /sys/class/block/vda/dev > /sys/power/resume
echo shutdown > /sys/power/disk

hold() {
    lab_secrets hold "$1" > /tmp/held 2>&1 &
    holder=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        grep -q ready /tmp/held && break
        sleep 1
    done
}

say "states_before $(cat /sys/power/state)"
hold hidden
run root hidden cat /tmp/held
if grep -q "row hidden here" /tmp/held; then
    say "states_hidden $(cat /sys/power/state)"
    (echo disk > /sys/power/state) 2> /tmp/refused && say "slept yes"
    say "refusal $(cat /tmp/refused)"
fi
kill "$holder"
wait "$holder"
say "states_after $(cat /sys/power/state)"
hold packed
run root lab_secrets cat /tmp/held
sync
say "done"
echo disk > /sys/power/state
# Not reached: the machine is off.
say "slept no"
