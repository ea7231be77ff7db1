# SPDX-License-Identifier: MIT
"""Cases of memward scan: what happens in the middle of a long one."""

import contextlib
import json
import math
import os
import re
import signal
import time

from cases import case, check, check_equal
from scan_halt import LARGE, halted
from scan_util import OTHER, SECRET

# The bar appears when a scan lasts longer than 2 seconds, in whole ones.
PAUSE = 3.1
BAR = re.compile(rb"\r\[(#*)(\.*)\] +(\d+)%  (\d+) MiB/s  (\d+):(\d\d) left  ")
# Any of these is a trace of it.
TRACES = (b"MiB/s", b"left", b"%", b"[#", b"..", b"\r")


@case
def a_signal_ends_the_scan_with_what_was_found():
    """It comes while the scan stands still, with more than half to go."""
    for number in (signal.SIGINT, signal.SIGTERM):
        for secret, found in ((SECRET, 1), (OTHER, 0)):
            with halted("--json", secret=secret) as (process, done):
                process.send_signal(number)
                process.send_signal(signal.SIGCONT)
                report = json.loads(process.stdout.read())
                code = process.wait(60)
            check_equal(report["complete"], False, "complete")
            check("signal" in report["ended"], report)
            # The second copy, at the file's end, is not reached.
            check_equal(report["found"], found, "found")
            check_equal(code, 1 if found else 2, "exit status")
            check(0 < report["read"] < done + (1 << 20),
                  f"{report['read']} bytes, stopped after {done}")


def left_standing(shown):
    """What can be read in the end, where lines were written over."""
    lines = []
    for line in shown.split(b"\n"):
        seen = b""
        for part in line.split(b"\r"):
            seen = part + seen[len(part):]
        lines.append(seen.rstrip())
    return b"\n".join(lines)


def check_bar(bar, seconds):
    """Its numbers fit together, for some whole number of seconds."""
    full, empty = len(bar[1]), len(bar[2])
    percent, rate, left = int(bar[3]), int(bar[4]), 60 * int(bar[5])
    left += int(bar[6])
    check_equal(full + empty, 30, "cells")
    check(abs(full - percent * 0.3) <= 1, f"{full} cells at {percent} %")
    # What is read and what there is are known to half a percent.
    low = max(percent - 0.5, 0.1) / 100 * LARGE
    high = (percent + 1.5) / 100 * LARGE
    for elapsed in range(2, math.ceil(seconds) + 2):
        rates = (low / elapsed / 2**20 - 1, high / elapsed / 2**20 + 1)
        rests = ((LARGE - high) * elapsed / high - 1,
                 (LARGE - low) * elapsed / low + 1)
        if rates[0] <= rate <= rates[1] and rests[0] <= left <= rests[1]:
            return
    check(False, f"wrong numbers: {bar[0]}, within {seconds} s")


def check_shown(shown, done, seconds):
    """A bar each second, and one as far as the scan was while it stood."""
    bars = list(BAR.finditer(shown))
    check(bars, f"no bar: {shown}")
    for bar in bars:
        check_bar(bar, seconds)
    stood = 100 * done // LARGE
    check(any(abs(int(bar[3]) - stood) <= 1 for bar in bars),
          f"none at {stood} %: {shown}")
    rest = left_standing(shown)
    check(b"MiB/s" not in rest and b"[" not in rest, f"left over: {rest}")
    return rest


def check_no_trace(output, where):
    for trace in TRACES:
        check(trace not in output, f"{trace} {where}: {output}")


@case
def a_bar_shows_how_far_it_is_on_a_terminal_alone():
    """The same scan in five ways, each standing still for over 2 seconds."""
    plain = {**os.environ, "NO_COLOR": "1"}
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()

        def start(*options, shown=("stdout", "stderr")):
            return stack.enter_context(
                halted(*options, shown=shown, env=plain))

        started = [start(), start(shown=("stderr",)), start(shown=("stdout",)),
                   start("--quiet"), start("--json")]
        scans = [process for process, _ in started]
        time.sleep(PAUSE)
        for process in scans:
            process.send_signal(signal.SIGCONT)
        shown = [process.terminal.all() for process in scans]
        report = scans[1].stdout.read()
        complaint = scans[2].stderr.read()
        for process in scans:
            check_equal(process.wait(120), 1, "exit status")
        seconds = time.monotonic() - begun

    rest = check_shown(shown[0], started[0][1], seconds)
    check(b"Found: 2" in rest and b"the secret, raw" in rest, rest)
    check_equal(check_shown(shown[1], started[1][1], seconds).strip(), b"",
                "on standard error besides the bar")
    check(b"Found: 2" in report, report)
    check_no_trace(report, "in a pipe")
    check_equal(complaint, b"", "standard error, a pipe")
    for text, where in ((shown[2], "with standard error a pipe"),
                        (shown[3], "with --quiet")):
        check(b"Found: 2" in text, text)
        check_no_trace(text, where)
    check_no_trace(shown[4], "with --json")
    check_equal(json.loads(shown[4])["found"], 2, "found")
