# SPDX-License-Identifier: MIT
"""Cases of memward scan: the secret in its own memory."""

import ctypes
import json
import mmap
import os
import subprocess

from cases import Skip, case, check, check_equal, hidden_file
from scan_halt import halted
from scan_util import SECRET, mappings_of, noise, shapes
from subject import LINUX, SANITIZED, TOOL

# The tool's ward prefers hidden pages, which nobody can read, not even it:
# to see that the secret is in the ward alone, they are refused.
HIDDEN, READABLE = None, "no-hidden"


def need_own_memory():
    if not LINUX:
        raise Skip("no reader of processes on this system")
    if SANITIZED:
        raise Skip("sanitizers keep copies of their own")


def why_no_locks():
    """The kernel's own word on as much as the tool's ward and more."""
    libc = ctypes.CDLL(None, use_errno=True)
    size = 4 << 20
    with mmap.mmap(-1, size) as memory:
        first = ctypes.c_char.from_buffer(memory)
        refused = libc.mlock(ctypes.byref(first), ctypes.c_size_t(size))
        del first  # as long as it is there, memory cannot be closed
    return os.strerror(ctypes.get_errno()) if refused else None


def need_locks():
    need_own_memory()
    if why := why_no_locks():
        raise Skip(f"no memory may be locked here: {why}")


def need_hidden():
    need_locks()
    os.close(hidden_file())


def environment(policy):
    kept = {k: v for k, v in os.environ.items() if k != "MEMWARD_POLICY"}
    return {**kept, "MEMWARD_POLICY": policy} if policy else kept


def own_report(secret, policy):
    """The tool looks at itself: a shell hands it its own number."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" scan --json --pid $$', TOOL],
        input=secret, capture_output=True, timeout=300, check=False,
        env=environment(policy))
    report = json.loads(done.stdout)
    check(report["complete"], report)
    check_equal(done.returncode, 1 if report["found"] else 0, "exit status")
    return report


SECRETS = (SECRET, noise(2000, 12), b"sesame-7")


@case
def its_own_memory_holds_nothing_outside_its_ward():
    need_own_memory()
    locks = why_no_locks() is None
    for secret in SECRETS:
        report = own_report(secret, READABLE)
        check("the secret, raw" in {hit["what"] for hit in report["hits"]},
              f"the secret is not found: {report}")
        for hit in report["hits"]:
            # The tool's word, then the kernel's.
            check_equal((hit["own"], hit["dumped"]), (True, False),
                        f"place of {hit}")
            check(hit["locked"] or not locks, f"not locked: {hit}")


@case
def its_own_hidden_memory_is_not_found():
    need_hidden()
    for secret in SECRETS:
        report = own_report(secret, HIDDEN)
        check_equal(report["hits"], [], "hits")
        check(report["unread"] > len(secret), report)


# In no text of a program or library, not even in part.
RANDOM = noise(32, 14)


def content_of(memory, mapping):
    """What can be read of it: pages can be closed to all one by one."""
    content = bytearray()
    at = mapping.start
    while at < mapping.end:
        memory.seek(at)
        try:
            part = memory.read(mapping.end - at)
        except OSError:
            part = b""
        content += part
        at += len(part) or mmap.PAGESIZE
    return content


def seen_from_outside(policy):
    """In the middle of a scan, with no word of the tool's own.

    (what, mapping) for all of the secret that is there, in any shape or in
    parts of the length that the tool looks for; and what cannot be read.
    """
    parts = [RANDOM[at:at + 16] for at in range(len(RANDOM) - 15)]
    looked_for = [*shapes(RANDOM).values(), *parts]
    found, unread = [], []
    with halted(secret=RANDOM, env=environment(policy)) as (process, _), \
            open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for mapping in mappings_of(process):
            # A ward reserves more addresses than can be read in an hour.
            if mapping.present == 0:
                continue
            content = content_of(memory, mapping)
            found += [(what, mapping) for what in looked_for
                      if what in content]
            if not content:
                unread.append(mapping)
    return found, unread


@case
def others_see_its_secret_in_locked_memory_alone():
    need_locks()
    found, _ = seen_from_outside(READABLE)
    check(RANDOM in [what for what, _ in found], "it is not found")
    for what, mapping in found:
        check({"lo", "dd"} <= mapping.flags,
              f"{what} in {mapping.name!r} {mapping.flags}")


@case
def others_see_no_secret_in_its_hidden_memory():
    need_hidden()
    found, unread = seen_from_outside(HIDDEN)
    check_equal([what for what, _ in found], [], "found")
    check(any("secretmem" in mapping.name for mapping in unread),
          f"not read: {[mapping.name for mapping in unread]}")
