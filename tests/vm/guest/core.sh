# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# Who receives a core, and what is in it: all that was received goes to the
# disk, each in a place of its own, where it is searched after the power went.
cd /tmp || exit 1
pattern=/proc/sys/kernel/core_pattern

# crash AS PLACE HOW: what came of it is written to that MiB of the disk.
crash() {
    rm -f /tmp/core /tmp/received
    run root "$1" /lab/lab_secrets "$3"
    # A handler may still be at work when its process is gone.
    for _ in 1 2 3; do
        sync
        sleep 1
    done
    size=0
    for file in /tmp/core /tmp/received; do
        [ -e "$file" ] || continue
        size=$(wc -c < "$file")
        dd if="$file" of=/dev/vda bs=1M seek="$2" conv=notrunc 2> /tmp/dd ||
            cat /tmp/dd
    done
    say "$1 $size"
}

cat > /lab/handler << 'HANDLER'
#!/bin/busybox sh
/bin/busybox cat > /tmp/received
HANDLER
chmod 755 /lab/handler

echo core > $pattern
echo 0 > /proc/sys/kernel/core_uses_pid
ulimit -c unlimited
crash core_file 0 crash
crash core_file_off 32 quiet
echo "|/lab/handler" > $pattern
crash core_pipe 64 crash
# This stops a file and no pipe.
ulimit -S -c 0
crash core_pipe_limit_0 96 crash
ulimit -S -c unlimited
crash core_pipe_off 128 quiet
sync
