# SPDX-License-Identifier: MIT
"""Drives memward scan as a user would: shapes of a secret, files, usage.

Arguments: as those of cli_test.py. Its other cases are in scan_*_cases.py.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time

from cases import Skip, case, check, check_equal, run, run_cases
import scan_core_cases  # noqa: F401  (adds its cases)
import scan_course_cases  # noqa: F401
import scan_key_cases  # noqa: F401
import scan_own_cases  # noqa: F401
import scan_place_cases  # noqa: F401
import scan_process_cases  # noqa: F401
from scan_util import (CHUNK, OTHER, SECRET, hits_of, noise, path_of,
                       scan, scan_run, shapes)
from subject import FOLDER, LINUX, SANITIZED, SOURCE, TOOL, file_of


@case
def every_shape_is_found():
    # One with + and / in its base64, and bytes that are no text.
    binary = bytes([0xfb, 0xff, 0xbf, 0x3e, 0xfa]) + noise(40)
    for secret in (SECRET, binary):
        for name, shape in shapes(secret).items():
            for at in (0, 1, 4099):
                content = noise(at, 2) + shape + noise(100, 3)
                hits = hits_of(content, secret=secret)
                check_equal(hits, [(at, name, len(shape))], name)


@case
def another_secret_is_not_found():
    content = b"".join(shapes(SECRET).values())
    check(hits_of(content), "the control finds nothing")
    check_equal(hits_of(content, secret=OTHER), [], "hits")


@case
def separators_may_stand_in_between():
    pairs = [f"{byte:02x}" for byte in SECRET]
    digits = SECRET.hex()
    lines = "\n".join(digits[i:i + 10] for i in range(0, len(digits), 10))
    for text in (":".join(pairs), " ".join(pairs), "-".join(pairs), lines):
        hits = hits_of(b"key=" + text.encode() + b".")
        check_equal(hits, [(4, "hex", len(text))], text)
    encoded = shapes(SECRET)["base64, offset 1"]
    wrapped = encoded[:20] + b"\r\n" + encoded[20:]
    check_equal(hits_of(b"(" + wrapped + b")"),
                [(1, "base64, offset 1", len(wrapped))], "wrapped base64")


@case
def shapes_can_be_chosen():
    shaped = shapes(SECRET)
    content = b"\xff".join(shaped.values())
    for name, count in (("raw", 1), ("hex", 2), ("base64", 3), ("utf16", 2),
                        ("reversed", 1), ("hex,reversed", 3)):
        hits = hits_of(content, "--as", name)
        check_equal(len(hits), count, f"{name}: {hits}")
    check(len(hits_of(content)) == len(shaped), "all shapes")


@case
def text_that_is_not_ascii_is_found_as_utf16():
    secret = "Pässwörd für €uro \U0001f511".encode()
    for name in ("utf-16-le", "utf-16-be"):
        content = b"\xff" * 8 + secret.decode().encode(name)
        hits = hits_of(content, secret=secret)
        check_equal([hit[0] for hit in hits], [8], f"{name}: {hits}")


@case
def parts_are_found_from_the_given_length_on():
    secret = noise(100, 9)
    for least in (8, 16, 40):
        for start, length in ((0, least), (37, least), (100 - least, least),
                              (20, least - 1), (0, 99)):
            part = secret[start:start + length]
            content = noise(77, 4) + part + noise(50, 5)
            hits = hits_of(content, "--part", str(least), secret=secret)
            expected = [(77, "part of the secret", length)]
            check_equal(hits, expected if length >= least else [],
                        f"{length} from {start}, least {least}")
    check_equal(hits_of(secret[:99], "--part", "0", secret=secret), [],
                "no parts")
    report = scan("--file", file_of("searched", secret[5:50]), secret=secret)
    check_equal(report["hits"][0]["more"], "bytes 5 to 49 of it", "which part")


@case
def nothing_is_lost_between_two_reads():
    """At every place around the ends of what is read at a time."""
    for keys in ("--no-keys", None):
        options = [keys] if keys else []
        step = 1 if keys else 7
        for edge in (CHUNK, CHUNK + 2 * len(SECRET), 2 * CHUNK):
            places = list(range(edge - 2 * len(SECRET) - 4, edge + 4, step))
            for at in places[::1 if step == 7 else 5]:
                content = bytearray(3 * CHUNK)
                content[at:at + len(SECRET)] = SECRET
                check_equal(hits_of(bytes(content), *options),
                            [(at, "the secret, raw", len(SECRET))], at)


@case
def copies_next_to_each_other_are_counted():
    check_equal(len(hits_of(SECRET * 1000)), 1000, "hits")
    check_equal(len(hits_of(SECRET * 20000, "--as", "raw", "--part", "0")),
                20000, "hits")


@case
def long_and_short_secrets():
    for size in (4, 5, 7, 8, 9, 16, 17, 4096, 65536):
        secret = noise(size, 11)
        if secret.endswith(b"\n"):
            secret = secret[:-1] + b"x"
        content = noise(3 * CHUNK, 6) + secret + noise(1000, 7)
        for options in ([], ["--as", "raw", "--part", "0", "--no-keys"]):
            hits = hits_of(content, *options, secret=secret)
            check_equal(hits, [(3 * CHUNK, hits[0][1], size)] if hits else 0,
                        f"{size} bytes, {options}")
        large = secret.hex().encode()
        check_equal([h[2] for h in hits_of(b"~" + large, secret=secret)],
                    [2 * size], f"{size} bytes as hex")


@case
def secrets_come_by_file_and_without_their_line_end():
    path = file_of("searched", b"<" + SECRET + b">")
    for end in (b"", b"\n", b"\r\n"):
        secret = file_of("secret", SECRET + end)
        for options in (["--secret", secret], [f"--secret={secret}"]):
            check_equal(scan("--file", path, *options)["found"], 1, end)
        check_equal(scan("--file", path, "--secret", "-",
                         secret=SECRET + end)["found"], 1, end)


@case
def secrets_that_cannot_be_looked_for():
    path = file_of("searched", SECRET)
    for secret, why in ((b"", "empty"), (b"\n", "empty"), (b"abc", "short"),
                        (b"aaaaaaaaaaaaaaaa", "regular"),
                        (bytes(64), "regular"),
                        (bytes(65537), "64 KiB")):
        ran = scan_run("--file", path, secret=secret)
        check_equal(ran.code, 2, f"exit status for {len(secret)} bytes")
        check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")
        check_equal(ran.out, b"", "output")
    large = path_of("large")
    with open(large, "wb") as file:
        file.truncate(2 << 30)
    for name, why in ((large, "64 KiB"), ("/dev/zero", "64 KiB"),
                      (FOLDER, "directory"), (path_of("none"), "No such")):
        ran = scan_run("--file", path, "--secret", name)
        check_equal(ran.code, 2, f"exit status for {name}")
        check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")
    os.remove(large)


@case
def targets_that_cannot_be_looked_at():
    fifo = path_of("fifo")
    os.mkfifo(fifo)
    for option in ("--file", "--core"):
        for path, why in ((FOLDER, "directory"), (fifo, "fifo"),
                          ("/dev/zero", "without an end"),
                          (path_of("none"), "No such file")):
            ran = scan_run(option, path, secret=SECRET)
            check_equal(ran.code, 2, f"exit status for {path}")
            check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")
            check(path in ran.complaint, "the path is not told")
            check_equal(ran.out, b"", "output")
    if os.path.exists("/proc/self/maps"):
        ran = scan_run("--file", "/proc/self/maps", secret=SECRET)
        check_equal(ran.code, 2, "exit status for a file of /proc")
    check_equal(scan("--file", file_of("nothing", b""), secret=SECRET,
                     code=0)["read"], 0, "an empty file")


@case
def wrong_usage_is_told():
    file = file_of("searched", b"x")
    for arguments, why in (
            ([], "--pid"), (["--frob"], "--frob"), (["--file"], "--file"),
            (["x"], "x"), (["--pid", "x"], "number"),
            (["--pid", "0"], "number"), (["--pid", "-1"], "number"),
            (["--pid=99999999999999999999"], "number"),
            (["--file", file, "--pid", "1"], "--pid"),
            (["--file", file, "--as", "rot13"], "rot13"),
            (["--file", file, "--as", ""], "--as"),
            (["--file", file, "--part", "7"], "--part"),
            (["--file", file, "--after", "1"], "--after"),
            (["--after", "-1", "--", "true"], "--after"),
            (["--signal", "KILL", "--", "true"], "--signal"),
            (["--keys", "--no-keys", "--file", file], "--no-keys"),
            (["--keys", "--secret", file, "--file", file], "--keys"),
            (["--json=yes", "--file", file], "--json"), (["--"], "program")):
        if not LINUX and "--signal" in arguments:
            continue
        ran = scan_run(*arguments, secret=SECRET)
        check_equal(ran.code, 2, f"exit status of {arguments}")
        check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")
        check_equal(ran.out, b"", f"output of {arguments}")


@case
def help_tells_every_option():
    ran = run([TOOL, "scan", "--help"])
    check_equal(ran.code, 0, "exit status")
    for name in ("--pid", "--core", "--file", "--after", "--signal",
                 "--secret", "--as", "--part", "--keys", "--no-keys",
                 "--json", "--quiet"):
        check(f"  {name} " in ran.text, f"nothing about {name}")
    for line in ran.text.splitlines():
        check(len(line) <= 80, f"more than 80 columns: {line}")
    check("  scan " in run([TOOL, "help"]).text, "memward help lacks scan")


@case
def the_manual_tells_every_option():
    path = os.path.join(SOURCE, "man", "memward-scan.1")
    with open(path, encoding="ascii") as file:
        manual = file.read()
    listed = run([TOOL, "scan", "--help"]).text
    for name in set(re.findall(r"--([a-z][a-z-]+)", listed)):
        check(f"Fl -{name}" in manual, f"nothing about --{name}")
    if shutil.which("mandoc") is None:
        raise Skip("no mandoc to check the manual's form")
    ran = run(["mandoc", "-T", "lint", "-W", "warning", path])
    check_equal((ran.code, ran.text), (0, ""), "mandoc")


@case
def people_see_what_json_says():
    path = file_of("searched", noise(1000) + SECRET)
    ran = scan_run("--file", path, secret=SECRET)
    check_equal(ran.code, 1, "exit status")
    for words in ("1000", "the secret, raw", "32 bytes", "Found: 1"):
        check(words in ran.text, f"{words!r} is not in {ran.text!r}")
    check("\033" not in ran.text, "escape codes in a pipe")
    ran = scan_run("--file", path, secret=OTHER)
    check_equal(ran.code, 0, "exit status")
    check("Not found" in ran.text, ran.text)


@case
def fingerprints_tell_whether_it_is_the_same():
    """Within a run; in another run they are others."""
    path = file_of("searched", SECRET + noise(100) + SECRET)
    runs = [{hit["fingerprint"] for hit in
             scan("--file", path, secret=SECRET)["hits"]} for _ in range(3)]
    check_equal([len(prints) for prints in runs], [1, 1, 1], "fingerprints")
    check(len(set.union(*runs)) > 1, "the key does not change")


def sparse(path, size, copies):
    with open(path, "wb") as file:
        for at in copies:
            file.seek(at)
            file.write(SECRET)
        file.truncate(size)


@case
def sparse_files_are_quick_and_small():
    """A terabyte with three copies in it."""
    path = path_of("sparse")
    copies = [5, 100 << 30, (1 << 40) - len(SECRET)]
    try:
        sparse(path, 1 << 40, copies)
    except OSError as error:
        raise Skip(f"no such large files here: {error}")
    if os.stat(path).st_blocks * 512 > 1 << 30:
        raise Skip("this file system makes no holes")
    report = scan("--file", path, secret=SECRET)
    check_equal([h["offset"] for h in report["hits"]], copies, "offsets")
    check(report["read"] < 1 << 24, f"{report['read']} bytes were read")
    os.remove(path)


@case
def memory_does_not_grow_with_the_file():
    if not LINUX:
        raise Skip("reads Linux' account")
    if SANITIZED:
        raise Skip("sanitizers take memory of their own")
    peaks = []
    for size in (1 << 20, 200 << 20):
        path = path_of("grown")
        with open(path, "wb") as file:
            for _ in range(size >> 20):
                file.write(noise(1 << 20))
        with subprocess.Popen([TOOL, "scan", "--file", path], cwd=FOLDER,
                              stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as process:
            process.stdin.write(SECRET)
            process.stdin.close()
            peaks.append(os.wait4(process.pid, 0)[2].ru_maxrss)
            process.returncode = 0
        os.remove(path)
    check(peaks[1] < peaks[0] + 2048, f"KiB at their peak: {peaks}")


@case
def a_file_that_shrinks_is_told():
    if SANITIZED:
        raise Skip("the tool takes too long to be overtaken")
    path = path_of("shrinks")
    for _ in range(20):
        with open(path, "wb") as file:
            file.write(noise(1 << 20) * 64)
        with subprocess.Popen([TOOL, "scan", "--json", "--file", path],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            process.stdin.write(OTHER)
            process.stdin.close()
            time.sleep(0.01)
            os.truncate(path, 5000)
            out = process.stdout.read()
            code = process.wait(60)
        report = json.loads(out)
        if not report["complete"]:
            check_equal(code, 2, "exit status")
            check("shorter" in report["ended"], report)
            return
        check_equal(code, 0, "exit status")
    raise Skip("the file was always read before it shrank")


@case
def a_reader_that_leaves_ends_the_scan():
    path = file_of("searched", SECRET * 200000)
    with subprocess.Popen([TOOL, "scan", "--file", path],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdin.write(SECRET)
        process.stdin.close()
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
        check_equal(process.wait(60), 1, "exit status")
    check_equal(complaint, b"", "complaint")


@case
def a_terminal_is_asked_without_an_echo():
    import pty

    path = file_of("searched", SECRET)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(TOOL, [TOOL, "scan", "--file", path])
    shown = b""
    while b"not shown" not in shown:
        shown += os.read(terminal, 1024)
    # The echo is off before the prompt is written.
    os.write(terminal, SECRET + b"\n")
    try:
        while True:
            more = os.read(terminal, 1024)
            if not more:
                break
            shown += more
    except OSError:
        pass
    check_equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 1,
                "exit status")
    check(b"Found: 1" in shown, shown)
    check(SECRET not in shown, "the secret was echoed")


if __name__ == "__main__":
    sys.exit(run_cases("scan"))
