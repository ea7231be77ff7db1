# SPDX-License-Identifier: MIT
"""How cases are collected, run and reported."""

import ctypes
import os
import subprocess
import sys
import traceback

CASES = []


class Skip(Exception):
    """Ends a case that cannot be run here; its text is the reason."""


def case(function):
    CASES.append(function)
    return function


def check(truth, what):
    if not truth:
        raise AssertionError(what)


def check_equal(actual, expected, what):
    check(actual == expected, f"{what}: {actual!r}, expected {expected!r}")


class Ran:
    """What a command came to."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def text(self):
        return self.out.decode("ascii")

    @property
    def complaint(self):
        return self.err.decode()


def hidden_file():
    """A descriptor of memfd_secret(2), by the kernel's own word."""
    # Its number on every architecture that has it.
    fd = ctypes.CDLL(None, use_errno=True).syscall(447, 0)
    if fd < 0:
        raise Skip("no hidden memory in this kernel: " +
                   os.strerror(ctypes.get_errno()))
    return fd


def become_user(number):
    os.setgroups([])
    os.setgid(number)
    os.setuid(number)


def run(command, user=None, limits=(), **more):
    """Runs a command, as another user and under limits where asked."""

    def prepare():
        import resource

        for name, soft, hard in limits:
            resource.setrlimit(getattr(resource, name), (soft, hard))
        if user is not None:
            become_user(user)

    more.setdefault("stdin", subprocess.DEVNULL)
    more.setdefault("stdout", subprocess.PIPE)
    return Ran(subprocess.run(command, stderr=subprocess.PIPE, timeout=1000,
                              check=False, preexec_fn=prepare, **more))


def run_cases(program):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for function in CASES:
        name = function.__name__
        try:
            function()
        except Skip as reason:
            print(f"skip {name}: {reason}")
            counts["skipped"] += 1
        except Exception as error:  # a case that breaks has failed
            where = traceback.extract_tb(sys.exc_info()[2])
            line = next(f.lineno for f in reversed(where)
                        if f.name == name)
            print(f"not ok {name}: line {line}: {error!r}"[:2000])
            counts["failed"] += 1
        else:
            print(f"ok {name}")
            counts["passed"] += 1
    print(f"{program}: " + ", ".join(f"{n} {k}" for k, n in counts.items()))
    return 1 if counts["failed"] else 0
