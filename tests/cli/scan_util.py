# SPDX-License-Identifier: MIT
"""What the cases of memward scan share."""

import base64
import json
import os
import subprocess

from cases import Ran, check, check_equal
from subject import TOOL, file_of

SECRET = b"correct horse 42 battery staple!"
# As long, and in no victim: what a control must not find.
OTHER = b"Tr0ub4dor&3 & zebra crossing 7th"
PAGE = 4096
# What the tool reads at a time.
CHUNK = 256 * 1024


def scan(*arguments, secret=None, code=None, user=None, **more):
    """The report of a scan, from JSON. secret: on standard input."""
    ran = scan_run("--json", *arguments, secret=secret, user=user, **more)
    if code is not None:
        check_equal(ran.code, code, f"exit status; {ran.complaint}")
    report = json.loads(ran.out)
    expected = 1 if report["hits"] else 0 if report["complete"] else 2
    check_equal(ran.code, expected, f"exit status; {ran.complaint}")
    check_equal(len(report["hits"]), report["found"], "number of hits")
    check_shows_nothing(ran, secret or b"")
    return report


def scan_run(*arguments, secret=None, user=None, **more):
    from cases import become_user

    prepare = None if user is None else lambda: become_user(user)
    done = subprocess.run([TOOL, "scan", *arguments], input=secret or b"",
                          capture_output=True, timeout=120, check=False,
                          preexec_fn=prepare, **more)
    return Ran(done)


def check_shows_nothing(ran, secret):
    """No 8 bytes of the secret, nor of its hexadecimal digits, in output."""
    for shown in (ran.out, ran.err):
        for at in range(0, len(secret) - 7):
            check(secret[at:at + 8] not in shown, "part of the secret shown")
            check(secret[at:at + 8].hex().encode() not in shown.lower(),
                  "part of the secret shown as hex")


def hits_of(content, *arguments, secret=SECRET):
    """(offset, what, bytes) of all hits in a file of that content."""
    path = file_of("searched", content)
    report = scan("--file", path, *arguments, secret=secret)
    return [(hit["offset"], hit["what"], hit["bytes"])
            for hit in report["hits"]]


def noise(size, seed=1):
    """Bytes that repeat on every run and contain nothing."""
    import random

    return random.Random(seed).randbytes(size)


def shapes(secret):
    """All shapes of a secret, by the name the tool gives them."""
    text = secret.decode("latin-1")
    found = {
        "the secret, raw": secret,
        "hex": secret.hex().encode(),
        "HEX": secret.hex().upper().encode(),
        "UTF-16LE": text.encode("utf-16-le"),
        "UTF-16BE": text.encode("utf-16-be"),
        "reversed": secret[::-1],
    }
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + secret + b"\xff\xff\xff")
        first = (8 * offset + 5) // 6
        end = 8 * (offset + len(secret)) // 6
        found[f"base64, offset {offset}"] = encoded[first:end]
        url = encoded.translate(bytes.maketrans(b"+/", b"-_"))[first:end]
        if url != encoded[first:end]:
            found[f"base64url, offset {offset}"] = url
    return found


def pid_of(process):
    return str(process.pid)


def have(name):
    import shutil

    from cases import Skip

    if shutil.which(name) is None:
        raise Skip(f"no {name}")


def path_of(name):
    from subject import FOLDER

    return os.path.join(FOLDER, name)


class Mapping:
    """A mapping of a process, as its smaps tells."""

    def __init__(self, line):
        words = line.split(None, 5)
        self.start, self.end = (int(n, 16) for n in words[0].split("-"))
        self.protection = words[1]
        self.name = words[5].strip() if len(words) > 5 else ""
        self.present = 0  # KiB in memory or swapped out
        self.flags = set()


def mappings_of(process):
    found = []
    with open(f"/proc/{process.pid}/smaps", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmFlags:"):
                found[-1].flags = set(line.split()[1:])
            elif line.startswith(("Rss:", "Swap:")):
                found[-1].present += int(line.split()[1])
            elif not line.split()[0].endswith(":"):
                found.append(Mapping(line))
    return found
