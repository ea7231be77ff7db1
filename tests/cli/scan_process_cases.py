# SPDX-License-Identifier: MIT
"""Cases of memward scan on processes: real victims, and programs it runs."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from cases import Skip, case, check, check_equal
from scan_util import (OTHER, SECRET, have, noise, path_of, pid_of, scan,
                       scan_run)
from subject import LINUX, NOBODY, ROOT, TOOL, file_of

# Holds what it is given in the shapes a program has it in.
HOLDER = """
import base64, ctypes, mmap, sys, time
secret = sys.stdin.buffer.read()
kept = [%s]
print("ready", flush=True)
time.sleep(120)
"""
CLOSED = HOLDER % """mmap.mmap(-1, 8192)]
kept[0].write(secret)
at = ctypes.addressof(ctypes.c_char.from_buffer(kept[0]))
libc = ctypes.CDLL(None, use_errno=True)
if libc.mprotect(ctypes.c_void_p(at), 8192, 0) != 0:
    sys.exit(3)
del secret
kept = [kept[0]"""


def need_linux():
    if not LINUX:
        raise Skip("no reader of processes on this system")


@contextlib.contextmanager
def victim(code, secret=SECRET, user=None):
    """A Python process that holds the secret in some way."""
    need_linux()
    prepare = None
    if user is not None:
        from cases import become_user

        def prepare():
            become_user(user)
    with subprocess.Popen([sys.executable, "-c", code],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          preexec_fn=prepare) as process:
        try:
            process.stdin.write(secret)
            process.stdin.close()
            if process.stdout.readline() != b"ready\n":
                raise Skip("the victim could not do what it was to")
            yield process
        finally:
            process.kill()


def whats(report):
    return {hit["what"] for hit in report["hits"]}


def check_victim(process, secret, what, **more):
    """The secret is found, and another one is not."""
    report = scan("--pid", pid_of(process), secret=secret, code=1, **more)
    check(what in whats(report), f"{what} is not in {whats(report)}")
    scan("--pid", pid_of(process), "--no-keys", secret=OTHER, code=0, **more)
    return report


@case
def a_string_in_python_is_found():
    with victim(HOLDER % "secret") as process:
        report = check_victim(process, SECRET, "the secret, raw")
        check("python" in report["target"], report["target"])
        hit = report["hits"][0]
        check_equal((hit["protection"], hit["locked"], hit["dumped"]),
                    ("rw-p", False, True), "what is known of its place")
        check(report["complete"] and report["unread"] == 0, "not all was read")


@case
def copies_in_other_shapes_are_found():
    shapes = {
        "hex": "secret.hex().encode()",
        "HEX": "secret.hex().upper().encode()",
        "base64, offset 0": "base64.b64encode(secret)",
        "base64, offset 1": "base64.b64encode(b'x' + secret)",
        "base64, offset 2": "base64.b64encode(b'xy' + secret)",
        "UTF-16LE": "secret.decode().encode('utf-16-le')",
        "UTF-16BE": "secret.decode().encode('utf-16-be')",
        "reversed": "secret[::-1]",
        "part of the secret": "secret[5:25]",
    }
    code = HOLDER % ", ".join(f"bytearray({s})" for s in shapes.values())
    with victim(code) as process:
        report = scan("--pid", pid_of(process), secret=SECRET, code=1)
        for name in shapes:
            check(name in whats(report), f"{name} is not found")


@case
def no_access_pages_are_read():
    with victim(CLOSED) as process:
        report = check_victim(process, SECRET, "the secret, raw")
        check("---s" in {h["protection"] for h in report["hits"]} or
              "---p" in {h["protection"] for h in report["hits"]},
              report["hits"])


@case
def a_stopped_victim_is_read_and_stays_stopped():
    with victim(HOLDER % "secret") as process:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        check_victim(process, SECRET, "the secret, raw")
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            check_equal(file.read().split()[2], "T", "its state")


@case
def a_victim_is_not_changed_by_reading():
    """No page is made by being read, and it goes on."""
    code = HOLDER % "secret, mmap.mmap(-1, 1 << 30)"
    with victim(code) as process:
        def resident():
            with open(f"/proc/{process.pid}/statm", encoding="ascii") as file:
                return int(file.read().split()[1])
        before = resident()
        report = scan("--pid", pid_of(process), secret=SECRET, code=1)
        check(report["read"] < 1 << 29, "pages that are not there were read")
        check(resident() < before + 64, f"{before}, {resident()} pages")


@case
def a_victim_that_dies_meanwhile_is_told():
    code = HOLDER % "bytearray(b'x' * (256 << 20))"
    told = 0
    for delay in (0.02, 0.05, 0.1, 0.15):
        with victim(code) as process:
            with subprocess.Popen(
                    [TOOL, "scan", "--json", "--pid", pid_of(process)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE) as scanner:
                scanner.stdin.write(OTHER)
                scanner.stdin.close()
                time.sleep(delay)
                process.kill()
                out, err = scanner.stdout.read(), scanner.stderr.read()
                code_ = scanner.wait(60)
        check(code_ in (0, 2), f"exit status {code_}")
        if code_ == 2:
            told += b"ended" in out + err or b"no such process" in err
            check(told, f"{out} {err}")
    if not told:
        raise Skip("it was always read before it died")


@case
def processes_that_are_not_there_are_told():
    need_linux()
    with subprocess.Popen(["true"]) as process:
        process.wait()
    ran = scan_run("--pid", pid_of(process), secret=SECRET)
    check_equal(ran.code, 2, "exit status")
    check("no such process" in ran.complaint, ran.complaint)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    ran = scan_run("--pid", str(pid), secret=SECRET)
    os.waitpid(pid, 0)
    check_equal(ran.code, 2, "exit status for a zombie")
    check(str(pid) in ran.complaint, ran.complaint)


@case
def other_users_processes_are_refused():
    if not ROOT:
        raise Skip("needs root to become another user")
    with victim(HOLDER % "secret") as process:
        ran = scan_run("--pid", pid_of(process), secret=SECRET, user=NOBODY)
        check_equal(ran.code, 2, "exit status")
        check("not allowed" in ran.complaint, ran.complaint)


@case
def a_private_key_of_openssl_is_found():
    """A server holds its key as numbers, from the last digit on."""
    need_linux()
    have("openssl")
    key, cert = path_of("server.key"), path_of("server.crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-subj", "/CN=test", "-keyout", key, "-out",
                    cert], check=True, capture_output=True, timeout=120)
    text = subprocess.run(["openssl", "pkey", "-in", key, "-noout", "-text"],
                          check=True, capture_output=True).stdout.decode()
    digits = re.search(r"prime1:\n((?:    [0-9a-f:]+\n)+)", text)[1]
    prime = bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits)).lstrip(b"\0")
    with subprocess.Popen(["openssl", "s_server", "-key", key, "-cert", cert,
                           "-accept", "127.0.0.1:0"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        try:
            while b"ACCEPT" not in (line := process.stdout.readline()):
                check(line, "openssl s_server ended")
            report = scan("--pid", pid_of(process), "--no-keys",
                          secret=prime + b"\n", code=1)
            check("reversed" in whats(report), whats(report))
            scan("--pid", pid_of(process), "--no-keys", secret=OTHER, code=0)
        finally:
            process.kill()


@case
def an_aes_key_of_openssl_is_found():
    """While it waits for more to encrypt."""
    need_linux()
    have("openssl")
    # The password is no secret: the test's own.
    with subprocess.Popen(["openssl", "enc", "-aes-256-ctr", "-pbkdf2",
                           "-pass", "pass:x", "-nosalt"],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        try:
            process.stdin.write(noise(30000))
            process.stdin.flush()
            check(process.stdout.read(8192), "openssl enc ended")
            report = scan("--keys", "--pid", pid_of(process))
            check("AES-256 key schedule" in whats(report), whats(report))
        finally:
            process.kill()
            process.stdin.close()


# Programs that scan runs.

def scan_program(*arguments, secret=SECRET, **more):
    need_linux()
    return scan(*arguments, secret=secret, **more)


LEAVES = "import sys; kept = bytearray(open(sys.argv[1], 'rb').read()); "


@case
def what_a_program_leaves_is_found():
    users = (None, NOBODY) if ROOT else (None,)
    path = file_of("secret", SECRET)
    os.chmod(path, 0o644)
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None:
        raise Skip("no python3 that every user can run")
    for user in users:
        report = scan_program("--", python, "-c", LEAVES + "import os; "
                              "os._exit(7)", path, user=user, cwd="/")
        check("exit status 7" in report["target"], report["target"])
        check("the secret, raw" in whats(report), "not found")
        report = scan_program("--", python, "-c", LEAVES, path, user=user,
                              secret=OTHER, cwd="/")
        check("the secret, raw" not in whats(report), "the control is found")


@case
def a_program_that_crashes_is_looked_at():
    path = file_of("secret", SECRET)
    for name in ("SEGV", "TERM", "KILL"):
        number = int(getattr(signal, "SIG" + name))
        code = LEAVES + f"import os; os.kill(os.getpid(), {number})"
        ran = scan_run("--json", "--", sys.executable, "-c", code, path,
                       secret=SECRET)
        if name == "KILL":
            # Whether there is a stop before such an end is up to the kernel.
            check(ran.code in (1, 2), f"exit status {ran.code}")
            continue
        check_equal(ran.code, 1, f"exit status; {ran.complaint}")
        check(f"SIG{name}" in ran.text, ran.text[:200])


@case
def a_program_is_looked_at_after_a_delay_or_at_a_signal():
    path = file_of("secret", SECRET)
    waits = LEAVES + "import time; time.sleep(60)"
    begun = time.monotonic()
    report = scan_program("--after", "1.5", "--", sys.executable, "-c", waits,
                          path, code=1)
    check("1.5 s after its start" in report["target"], report["target"])
    signals = LEAVES + "import os, signal, time; " \
        "signal.signal(signal.SIGUSR1, print); " \
        "os.kill(os.getpid(), signal.SIGUSR1); time.sleep(60)"
    for name in ("USR1", "SIGUSR1", str(int(signal.SIGUSR1))):
        report = scan_program("--signal", name, "--", sys.executable, "-c",
                              signals, path, code=1)
        check("as it gets SIGUSR1" in report["target"], report["target"])
    check(time.monotonic() - begun < 50, "they were not ended")
    # A program that is done before is looked at as it ends.
    report = scan_program("--after", "50", "--", sys.executable, "-c", LEAVES,
                          path)
    check("exit status 0" in report["target"], report["target"])


@case
def an_interrupt_ends_the_program_and_not_the_scan():
    """As typed at a terminal, it goes to both."""
    need_linux()
    code = LEAVES + "import signal, time; " \
        "signal.signal(signal.SIGINT, signal.SIG_DFL); " \
        "print('ready', flush=True); time.sleep(60)"
    with subprocess.Popen(
            [TOOL, "scan", "--secret", file_of("secret", SECRET), "--",
             sys.executable, "-c", code, file_of("kept", SECRET)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            start_new_session=True) as process:
        check_equal(process.stdout.readline(), b"ready\n", "its output")
        os.killpg(process.pid, signal.SIGINT)
        out = process.stdout.read().decode()
        check_equal(process.wait(60), 1, "exit status")
    check("as it ends by SIGINT" in out and "the secret, raw" in out, out)


@case
def a_program_that_another_thread_ends_is_looked_at():
    path = file_of("secret", SECRET)
    code = LEAVES + "import os, threading, time; " \
        "threading.Thread(target=lambda: os._exit(9)).start(); time.sleep(60)"
    report = scan_program("--", sys.executable, "-c", code, path, code=1)
    check("exit status 9" in report["target"], report["target"])


@case
def a_program_has_its_own_output_and_input():
    ran = scan_run("--secret", file_of("secret", OTHER), "--", "cat",
                   secret=b"hello\n")
    need_linux()
    check("hello\n" in ran.text, ran.text)
    ran = scan_run("--json", "--secret", file_of("secret", OTHER), "--", "cat",
                   secret=b"hello\n")
    check("hello" not in ran.text and "hello" in ran.complaint,
          "with --json the program's output goes to standard error")


@case
def programs_that_cannot_be_run_are_told():
    for name, why in ((path_of("none"), "No such file"),
                      ("/", "Permission denied"),
                      (file_of("plain", b"x"), "Permission denied")):
        ran = scan_run("--", name, secret=SECRET)
        check_equal(ran.code, 2, f"exit status for {name}")
        need_linux()
        check(why in ran.complaint, f"{ran.complaint!r} lacks {why!r}")
        check_equal(ran.out, b"", "output")


@case
def a_stopped_program_goes_on():
    """Job control stops it; whoever continues it need not know of us."""
    code = "import os, signal, subprocess, sys; " \
        "subprocess.Popen(['sh', '-c', 'sleep 0.3; kill -CONT ' + " \
        "str(os.getpid())]); " \
        "os.kill(os.getpid(), signal.SIGSTOP); sys.exit(4)"
    report = scan_program("--", sys.executable, "-c", code)
    check("exit status 4" in report["target"], report["target"])


