#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""look.py FILE KIND...: how often the pattern of each kind is in the file.

The patterns are those that lab_secrets.c writes.
"""
import mmap
import sys

MASK = (1 << 64) - 1


def scramble(z):
    z = (z + 0x9e3779b97f4a7c15) & MASK
    z = ((z ^ z >> 30) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ z >> 27) * 0x94d049bb133111eb) & MASK
    return z ^ z >> 31


def pattern(kind):
    seed = 0
    for byte in kind.encode("ascii"):
        seed = scramble(seed ^ byte)
    return b"".join(scramble((seed + i) & MASK).to_bytes(8, "little")
                    for i in range(4))


def count(path, kind, begin=0, end=None):
    """Half a pattern is enough to be found, and each is counted once."""
    half = pattern(kind)[:16]
    with open(path, "rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found, at = 0, data.find(half, begin, end or len(data))
        while at >= 0:
            found += 1
            at = data.find(half, at + 16, end or len(data))
    return found


if __name__ == "__main__":
    for name in sys.argv[2:]:
        print(name, count(sys.argv[1], name))
