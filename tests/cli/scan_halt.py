# SPDX-License-Identifier: MIT
"""Scans that stand still in the middle of a large file, for certain."""

import contextlib
import functools
import os
import signal
import subprocess

from cases import Skip, check
from scan_util import SECRET, noise, path_of
from subject import LINUX, SANITIZED, TOOL, file_of

# Any machine takes a while to read it.
LARGE = (64 if SANITIZED else 256) << 20
# Where it is stopped: from here on, and before half of it is read.
LEAST = LARGE // 4
MOST = LARGE // 2


@functools.cache
def large_file():
    """The secret stands at both of its ends."""
    if not LINUX:
        raise Skip("reads Linux' account of what was read")
    if not os.path.exists("/proc/self/io"):
        raise Skip("this kernel keeps no account of what was read")
    path = path_of("large-file")
    some = noise(1 << 20)
    with open(path, "wb") as file:
        file.write(SECRET)
        for _ in range(LARGE >> 20):
            file.write(some)
        file.write(SECRET)
        # Some systems count a file's blocks only then.
        os.fsync(file.fileno())
    return path


def bytes_read(process):
    """By any call, from any file: a little more than of the large one."""
    try:
        with open(f"/proc/{process.pid}/io", encoding="ascii") as file:
            return int(file.readline().split()[1])
    except OSError:
        return 0  # it is ending


def stop_midway(process):
    """How much it had read as it was stopped; 0: it was missed."""
    def state(options):
        return os.waitid(os.P_PID, process.pid,
                         os.WEXITED | os.WSTOPPED | os.WNOWAIT | options)

    while bytes_read(process) < LEAST:
        if state(os.WNOHANG) is not None:
            return 0
    process.send_signal(signal.SIGSTOP)
    if state(0).si_code != os.CLD_STOPPED:
        return 0
    done = bytes_read(process)
    return done if done < MOST else 0


class Terminal:
    """What a program shows on a terminal of its own."""

    def __init__(self):
        self.end, self.given = os.openpty()

    def all(self):
        """Waits until the program ends."""
        os.close(self.given)
        shown = b""
        # Linux' answer when nobody has it open any more is an error.
        with contextlib.suppress(OSError):
            while more := os.read(self.end, 4096):
                shown += more
        os.close(self.end)
        return shown.replace(b"\r\n", b"\n")


@contextlib.contextmanager
def scan_of_large_file(options, secret, shown, env):
    terminal = Terminal() if shown else None
    outputs = {name: terminal.given if name in shown else subprocess.PIPE
               for name in ("stdout", "stderr")}
    with subprocess.Popen([TOOL, "scan", *options, "--secret",
                           file_of("asked-for", secret), "--file",
                           large_file()], stdin=subprocess.DEVNULL, env=env,
                          **outputs) as process:
        process.terminal = terminal
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def halted(*options, secret=SECRET, shown=(), env=None):
    """A scan of the large file that stands still, and how much it has read.

    shown: which of its outputs go to a terminal, process.terminal; the others
    go to pipes. On a busy machine the test may come too late: then once more.
    """
    for _ in range(20):
        with scan_of_large_file(options, secret, shown, env) as process:
            done = stop_midway(process)
            if done > 0:
                yield process, done
                return
        if shown:
            process.terminal.all()
    check(False, "it never stood still in the middle")
