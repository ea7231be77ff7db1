# SPDX-License-Identifier: MIT
"""Cases of memward scan: where in a process a secret lies, or does not."""

import base64
import os
import re
import subprocess

from cases import Skip, case, check, check_equal
from scan_process_cases import HOLDER, check_victim, need_linux, victim
from scan_util import (SECRET, have, mappings_of, path_of, pid_of, scan,
                       scan_run)
from subject import ROOT

# Writes what it is given to a block of malloc's, to the far end of its main
# stack, and over an object in the data of its C library which it does not
# use; tells where. The first is locked if the kernel lets it, and the last is
# left out of core files.
PLACES = """
import ctypes, mmap, sys, time
secret = sys.stdin.buffer.read()
libc = ctypes.CDLL(None, use_errno=True)
libc.malloc.restype = ctypes.c_void_p
heap = libc.malloc(ctypes.c_size_t(3000))
with open("/proc/self/maps") as file:
    stack = next(int(line.split("-")[0], 16) for line in file
                 if "[stack]" in line) + 512
try:
    data = ctypes.addressof(ctypes.c_char.in_dll(libc, "_IO_2_1_stdin_"))
except ValueError:
    data = 0
def pages_of(at):
    start = at // mmap.PAGESIZE * mmap.PAGESIZE
    return ctypes.c_void_p(start), ctypes.c_size_t(at + 64 - start)
locked = libc.mlock(*pages_of(heap)) == 0
left_out = data != 0 and libc.madvise(*pages_of(data), mmap.MADV_DONTDUMP) == 0
for at in filter(None, (heap, stack, data)):
    ctypes.memmove(at, secret, len(secret))
print("ready", flush=True)
print(heap, stack, data, int(locked), int(left_out), flush=True)
time.sleep(120)
"""


def check_place(report, mappings, address, kind):
    """The kernel's account of it, and the scan's, are the same."""
    hits = [hit for hit in report["hits"]
            if int(hit["address"], 16) == address]
    check_equal([hit["what"] for hit in hits], ["the secret, raw"],
                f"hits in the {kind}, at {address:#x}")
    mapping = next(m for m in mappings if m.start <= address < m.end)
    check_equal(
        [hits[0][key] for key in ("kind", "protection", "locked", "dumped")],
        [kind, mapping.protection, "lo" in mapping.flags,
         "dd" not in mapping.flags], f"place of the copy in the {kind}")
    return hits[0], mapping


@case
def a_copy_is_told_to_be_in_the_heap_the_stack_or_a_library():
    with victim(PLACES) as process:
        heap, stack, data, locked, left_out = (
            int(word) for word in process.stdout.readline().split())
        report = scan("--pid", pid_of(process), secret=SECRET, code=1)
        mappings = mappings_of(process)
    hit, _ = check_place(report, mappings, stack, "stack")
    check_equal((hit["locked"], hit["dumped"]), (False, True), "stack")
    names = {m.name for m in mappings if m.start <= heap < m.end}
    if names != {"[heap]"}:
        raise Skip(f"this C library's malloc takes it from {names}")
    hit, _ = check_place(report, mappings, heap, "heap")
    check_equal((hit["locked"], hit["dumped"]), (bool(locked), True), "heap")
    if data == 0:
        raise Skip("this C library has no such object in its data")
    hit, mapping = check_place(report, mappings, data, "library")
    check_equal(left_out, 1, "it can be left out of core files")
    check_equal((hit["locked"], hit["dumped"]), (False, False), "library")
    check_equal(hit["name"], mapping.name, "the library's name")
    check(re.search(r"/libc[.-][^/]*so", hit["name"]), hit["name"])


def halves_of(key):
    """The public half of an Ed25519 key of OpenSSH's, and the private one.

    PROTOCOL.key of OpenSSH: 64 bytes, the private half and the public one.
    """
    with open(f"{key}.pub", "rb") as file:
        public = base64.b64decode(file.read().split()[1])[-32:]
    with open(key, "rb") as file:
        lines = file.read().split(b"\n")
    content = base64.b64decode(b"".join(
        line for line in lines if not line.startswith(b"-----")))
    at = content.index(b"\0\0\0\x40") + 4
    check_equal(content[at + 32:at + 64], public, "behind the private half")
    return public, content[at:at + 32]


def need_shields():
    version = subprocess.run(["ssh", "-V"], capture_output=True,
                             check=False).stderr.decode()
    numbers = re.search(r"OpenSSH_(\d+)\.(\d+)", version)
    if numbers is None or tuple(map(int, numbers.groups())) < (8, 1):
        raise Skip(f"its private half is not shielded: {version}")


@case
def a_key_in_ssh_agent():
    """The agent shields what is private: only the public half is found."""
    need_linux()
    for name in ("ssh", "ssh-agent", "ssh-add", "ssh-keygen"):
        have(name)
    key, socket = path_of("agent-key"), path_of("agent-socket")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                   check=True, stdin=subprocess.DEVNULL)
    public, private = halves_of(key)
    with victim(HOLDER % "secret", secret=private) as control:
        # The line end is not part of it, whatever byte is its last.
        check_victim(control, private + b"\n", "the secret, raw")
    with subprocess.Popen(["ssh-agent", "-D", "-a", socket],
                          stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            # It takes the key, and can sign with it.
            for asked in (["-q", key], ["-T", f"{key}.pub"]):
                done = subprocess.run(
                    ["ssh-add", *asked], check=False, capture_output=True,
                    env={**os.environ, "SSH_AUTH_SOCK": socket})
                check_equal(done.returncode, 0, done.stderr)
            ran = scan_run("--pid", pid_of(process), secret=public + b"\n")
            if ran.code == 2 and not ROOT:
                raise Skip(ran.complaint)  # an agent lets nobody trace it
            check_victim(process, public + b"\n", "the secret, raw")
            need_shields()
            # OpenSSL's random numbers come from AES keys, which are there.
            report = scan("--no-keys", "--pid", pid_of(process),
                          secret=private + b"\n", code=0)
            check_equal((report["complete"], report["unread"]), (True, 0),
                        "all was read")
        finally:
            process.kill()
