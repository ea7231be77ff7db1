#!/bin/bash
# SPDX-License-Identifier: MIT
# scan.sh TOOL [--quick]: how fast `memward scan` goes through cached data that
# lacks the secret, beside `grep -c`. Prints a table in Markdown; medians of
# rounds in turn, by the clock and by processor time. Bash, because its `time`
# is there without a package.
set -eu
TIMEFORMAT='%R %U %S'
tool=$1
mib=1024 rounds=7
[ "${2:-}" != --quick ] || mib=256 rounds=3
folder=$(mktemp -d "${TMPDIR:-/dev/shm}/memward-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
data=$folder/data
secret=$folder/secret
head -c "${mib}M" /dev/urandom > "$data"
head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$secret"

# A line each: name, then its command.
commands() {
    cat <<LIST
grep -c|grep -c -a -F -f "$secret" "$data"
scan, one raw pattern|"$tool" scan --as raw --part 0 --no-keys --secret "$secret" --file "$data"
scan, raw and parts|"$tool" scan --as raw --no-keys --secret "$secret" --file "$data"
scan, all shapes|"$tool" scan --no-keys --secret "$secret" --file "$data"
scan, keys|"$tool" scan --keys --file "$data"
scan, everything|"$tool" scan --secret "$secret" --file "$data"
LIST
}

# Nothing is found: 1 from grep, 0 from scan. Anything else is no measurement.
once() {
    status=0
    { time eval "LC_ALL=C $1 > /dev/null"; } 2> "$folder/time" || status=$?
    case $1:$status in
    grep*:1 | \"*:0) ;;
    *)
        cat "$folder/time" >&2
        exit 1
        ;;
    esac
    awk 'END { print $1, $2 + $3 }' "$folder/time"
}

round=0
while [ "$round" -lt "$rounds" ]; do
    commands | while IFS='|' read -r name command; do
        echo "$name|$(once "$command" < /dev/null | tr ' ' '|')"
    done >> "$folder/all"
    round=$((round + 1))
done

rate() {
    grep "^$1|" "$folder/all" | cut -d '|' -f "$2" | sort -n |
        awk -v mib="$mib" '{ t[NR] = $1 } END {
            m = t[int((NR + 1) / 2)]; if (m < 0.01) m = 0.01
            printf "%.2f", mib * 1.048576 / 1000 / m }'
}

echo
echo "## memward scan"
echo
echo "Through $mib MiB of random bytes in memory; GB a second, medians of $rounds."
echo
echo "| | by the clock | by processor time |"
echo "|---|---|---|"
commands | while IFS='|' read -r name command; do
    echo "| $name | $(rate "$name" 2) | $(rate "$name" 3) |"
done
speed=$(rate "scan, one raw pattern" 3)
verdict=$(awk -v s="$speed" 'BEGIN { print (s >= 2 ? "met" : "MISSED") }')
echo
echo "Target: 2 GB a second and core for one raw pattern: $speed, $verdict."
