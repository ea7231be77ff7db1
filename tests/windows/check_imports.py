#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares what a Windows program or DLL imports with a list of names.

check_imports.py OBJDUMP LIST FILE [NAME]

NAME is for a control: the one import that must be found not to be listed.

A static import that a system lacks keeps the whole program from starting
there, so whatever is newer than Windows 7 has to be looked up at run time.
"""

import os
import re
import subprocess
import sys


def allowed(path):
    """{"kernel32.dll": {"VirtualAlloc", ...}, ...}"""
    names = {}
    library = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.split("#")[0].strip()
            if line.endswith(":"):
                library = names.setdefault(line[:-1].lower(), set())
            elif line:
                library.update(line.split())
    return names


def imported(objdump, path):
    """The (library, name) pairs of the file's import table."""
    out = subprocess.run([objdump, "-p", path], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    pairs = []
    library = None
    for line in out.splitlines():
        found = re.match(r"\s*DLL Name: (\S+)", line)
        if found:
            library = found.group(1).lower()
            continue
        found = re.match(r"\s+[0-9a-f]+\s+(\d+)\s+(\S+)$", line)
        if found and library:
            pairs.append((library, found.group(2)))
        elif not line.strip():
            library = None
    return pairs


# The C library that programs bring along, or that updates brought to Windows 7.
def is_universal_c(library):
    return library.startswith("api-ms-win-crt-")


def main():
    objdump, listed, path = sys.argv[1:4]
    expected = sys.argv[4:]
    names = allowed(listed)
    pairs = imported(objdump, path)
    bad = [name for library, name in pairs
           if not is_universal_c(library)
           and name not in names.get(library, ())]
    # A table that cannot be read must not pass for an empty one.
    if ("kernel32.dll", "VirtualAlloc") not in pairs:
        bad.append("VirtualAlloc, which is used, is not seen")
    passed = int(bad == expected)
    if not passed:
        print(f"not ok imports: not known to be in Windows 7: {bad}")
    print(f"imports of {os.path.basename(path)}: {passed} passed, "
          f"{1 - passed} failed, 0 skipped")
    return 1 - passed


if __name__ == "__main__":
    sys.exit(main())
