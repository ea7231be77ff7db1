#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sits at a terminal and types passwords: password_key_test.py PROGRAM."""
import os
import pty
import signal
import sys


def run(program, typed):
    """What is shown, and the status that waitpid has of the end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, [program])
    shown = b""
    try:
        while True:
            more = os.read(terminal, 1024)
            if not more:
                break
            shown += more
            if typed is not None and b"Password: " in shown:
                os.write(terminal, typed)
                typed = None
    except OSError:
        pass  # the other side is closed
    return shown, os.waitpid(pid, 0)[1]


def check(program):
    # The same by libsodium from Python, without memward.
    expected = b"Password: \r\nkey fbe093ef4686cfed\r\n"
    first = run(program, b"correct horse\n")
    if first != (expected, 0):
        return "it shows %r" % (first,)
    other = run(program, b"battery staple\n")
    if other[1] != 0 or other[0] == first[0] or b"staple" in other[0]:
        return "another password gives %r" % (other,)
    ended = run(program, b"half\x03")
    if ended[1] != signal.SIGINT or b"half" in ended[0]:
        return "^C gives %r" % (ended,)
    gone = run(program, b"\x04")
    if gone[1] != 256 or b"password: the input ended" not in gone[0]:
        return "no password gives %r" % (gone,)
    return None


if __name__ == "__main__":
    WHY = check(sys.argv[1])
    print("not ok password_key: " + WHY if WHY else "ok password_key")
    print("password_key: %d passed, %d failed, 0 skipped"
          % (WHY is None, WHY is not None))
    sys.exit(1 if WHY else 0)
