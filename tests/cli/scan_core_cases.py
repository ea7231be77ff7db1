# SPDX-License-Identifier: MIT
"""Cases of memward scan --core: made by hand, by gdb, and damaged."""

import os
import random
import struct
import subprocess
import sys

from cases import Skip, case, check, check_equal, run
from scan_util import OTHER, SECRET, have, noise, path_of, scan, scan_run
from subject import FOLDER, LINUX, file_of

LOAD, NOTE = 1, 4


class Core:
    """A core file in the making: 32 or 64 bits, of either byte order."""

    def __init__(self, wide=True, order="<"):
        self.wide, self.order = wide, order
        self.segments = []

    def pack(self, letters, *values):
        # W: as wide as an address.
        letters = letters.replace("W", "Q" if self.wide else "I")
        return struct.pack(self.order + letters, *values)

    def add(self, kind, address, content, flags=6, memory=None):
        self.segments.append((kind, address, content, flags,
                              len(content) if memory is None else memory))

    def add_names(self, files):
        content = self.pack("WW", len(files), 4096)
        for start, end, _ in files:
            content += self.pack("WWW", start, end, 0)
        content += b"".join(name + b"\0" for _, _, name in files)
        note = self.pack("III", 5, len(content), 0x46494c45) + b"CORE\0\0\0\0"
        self.add(NOTE, 0, note + content)

    def header(self, count, table=None, sections=0, kind=4):
        size, entry = (64, 56) if self.wide else (52, 32)
        ident = b"\x7fELF" + bytes([2 if self.wide else 1,
                                    1 if self.order == "<" else 2, 1])
        return ident.ljust(16, b"\0") + self.pack(
            "HHIWWWIHHHHHH", kind, 62, 1, 0, size if table is None else table,
            sections, 0, size, entry, count, 0, 0, 0)

    def program_header(self, kind, address, offset, size, flags, memory):
        if self.wide:
            return self.pack("IIQQQQQQ", kind, flags, offset, address, 0,
                             size, memory, 1)
        return self.pack("IIIIIIII", kind, offset, address, 0, size, memory,
                         flags, 1)

    def content(self):
        head = self.header(len(self.segments))
        entry = 56 if self.wide else 32
        offset = len(head) + entry * len(self.segments)
        body = b""
        for kind, address, content, flags, memory in self.segments:
            head += self.program_header(kind, address, offset + len(body),
                                        len(content), flags, memory)
            body += content
        return head + body


def example(wide=True, order="<"):
    core = Core(wide, order)
    core.add_names([(0x10000, 0x11000, b"/usr/lib/libfirst.so.1"),
                    (0x30000, 0x31000, b"/usr/bin/program")])
    core.add(LOAD, 0x10000, noise(1000) + SECRET, flags=4)
    core.add(LOAD, 0x20000, noise(500) + SECRET + noise(8), memory=8192)
    core.add(LOAD, 0x30000, SECRET, flags=5)
    return core.content()


@case
def cores_of_all_kinds_are_read():
    for wide in (True, False):
        for order in "<>":
            path = file_of("core", example(wide, order))
            hits = scan("--core", path, secret=SECRET, code=1)["hits"]
            check_equal(
                [(h["address"], h["protection"], h["kind"], h.get("name"))
                 for h in hits],
                [("0x0000000103e8", "r--", "library",
                  "/usr/lib/libfirst.so.1"),
                 ("0x0000000201f4", "rw-", "memory", None),
                 ("0x000000030000", "r-x", "program or file",
                  "/usr/bin/program")], f"wide {wide}, order {order}")
            scan("--core", path, secret=OTHER, code=0)


@case
def registers_in_a_core_are_searched():
    core = Core()
    core.add(NOTE, 0, noise(100) + SECRET)
    hits = scan("--core", file_of("core", core.content()), secret=SECRET)
    check_equal(hits["hits"][0]["kind"], "registers and notes, by offset",
                "kind")


@case
def many_segments_are_counted_in_a_section():
    core = Core()
    section = struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, 1, 0, 0)
    head = core.header(0xffff, table=128, sections=64)
    head += section + core.program_header(LOAD, 4096, 184, len(SECRET), 6, 0)
    path = file_of("core", head + SECRET)
    check_equal(scan("--core", path, secret=SECRET)["found"], 1, "hits")


@case
def what_is_no_core_is_told():
    elf = Core().header(1, kind=2) + bytes(56)
    for content, why in (
            (b"", "not an ELF"), (b"\x7fEL", "not an ELF"),
            (bytes(4096), "not an ELF"), (elf, "no core file"),
            (b"\x28\xb5\x2f\xfd" + bytes(60), "zstd"),
            (b"\x1f\x8b" + bytes(60), "gzip"),
            (b"\x7fELF\x09\x01" + bytes(100), "damaged"),
            (Core().header(0), "damaged"),
            (Core().header(3), "truncated"),
            (Core().header(0xffff, sections=1 << 60), "truncated"),
            (Core().header(1, table=1 << 63), "truncated")):
        ran = scan_run("--core", file_of("core", content), secret=SECRET)
        check_equal(ran.code, 2, f"exit status; {why}")
        check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")


@case
def truncated_cores_are_told_wherever_they_end():
    whole = example()
    for end in list(range(0, 400, 7)) + list(range(400, len(whole), 97)):
        path = file_of("core", whole[:end])
        ran = scan_run("--core", path, "--json", secret=OTHER)
        check_equal(ran.code, 2, f"exit status at {end}")
        check("truncated" in ran.complaint + ran.text or
              "not an ELF" in ran.complaint, f"{end}: {ran.complaint!r}")
    # What is there is searched, and what was found counts.
    cut = file_of("core", whole[:-len(SECRET)])
    report = scan("--core", cut, secret=SECRET, code=1)
    check_equal((report["found"], report["complete"]), (2, False), "found")


@case
def segments_over_each_other_come_to_an_end():
    core = Core()
    content = noise(1 << 20)
    count = 5000
    table = core.header(count)
    offset = len(table) + 56 * count
    for i in range(count):
        table += core.program_header(LOAD, i << 24, offset, len(content), 6, 0)
    path = file_of("core", table + content)
    ran = scan_run("--core", path, "--json", secret=OTHER)
    check_equal(ran.code, 2, "exit status")
    check("over each other" in ran.text, ran.text)


@case
def damaged_cores_are_survived():
    """Random bytes of it changed: any answer is fine but a crash."""
    chance = random.Random(7)
    for _ in range(150):
        content = bytearray(example(chance.random() < 0.5, "<>"[
            chance.random() < 0.5]))
        for _ in range(chance.randrange(1, 8)):
            content[chance.randrange(0, 400)] = chance.choice(
                (0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
        ran = scan_run("--core", file_of("core", bytes(content)), "--json",
                       secret=SECRET)
        check(ran.code in (0, 1, 2), f"exit status {ran.code}")


@case
def a_core_of_a_real_process():
    """Made by gdb; a core of the kernel's depends on the machine."""
    if not LINUX:
        raise Skip("tried on Linux only")
    have("gdb")
    victim = "import sys, time; s = sys.stdin.buffer.read();" \
             "print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", victim],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        process.stdin.write(SECRET)
        process.stdin.close()
        process.stdout.readline()
        path = path_of("gcore")
        made = run(["gdb", "-batch", "-ex", f"generate-core-file {path}",
                    "-p", str(process.pid)], cwd=FOLDER)
        process.kill()
    if not os.path.exists(path):
        raise Skip(f"gdb makes no core here: {made.complaint[:200]}")
    check(scan("--core", path, secret=SECRET)["found"] > 0, "not found")
    check_equal(scan("--core", path, secret=OTHER)["found"], 0, "control")
    os.remove(path)
