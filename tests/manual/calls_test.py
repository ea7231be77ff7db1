#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Traces calls.c and compares it with the system calls in memward(7).

calls_test.py PROGRAM MEMWARD.7: the program marks what it does next by a write
to no descriptor; all it calls until the next mark has to stand in the list
under that name.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# What the program itself makes, not the library: the children it waits for.
PROGRAMS_OWN = {"clone", "clone3", "fork", "vfork", "wait4", "waitpid",
                "exit", "exit_group", "set_robust_list", "rseq", "gettid",
                "rt_sigprocmask", "futex"}
# Names that an older strace does not know.
NUMBERS = {"syscall_0x1bf": "memfd_secret", "syscall_0x1ce": "mseal",
           "mmap2": "mmap", "ugetrlimit": "prlimit64",
           "setrlimit": "prlimit64", "getrlimit": "prlimit64"}


def listed(page):
    """{mark: calls} as the page has them."""
    found = {}
    before = set()
    for mark, body in re.findall(
            r'^\.\\" calls: (\S+)\n\.It .*\n((?:(?!\.).*\n)*)', page,
            re.MULTILINE):
        calls = set(re.findall(r"\b[a-z][a-z0-9_]+\b", body))
        if "same" in calls:
            calls |= before
        if "more" in calls:
            calls |= found["pages"]
        if "opening" in calls:
            calls |= found["open-hidden"]
        found[mark] = before = calls
    return found


def traced(text):
    """{mark: calls} as strace -f saw them."""
    found = {}
    last = None
    marks = {}
    for line in text.splitlines():
        call = re.match(r"(\d+) +(\w+)\((.*)", line)
        if call is None:
            continue
        thread, name, rest = call.groups()
        mark = re.match(r'-1, "([a-z-]+)"', rest)
        if name == "write" and mark is not None:
            last = marks[thread] = mark.group(1)
            found.setdefault(last, set())
            continue
        if name == "write" and rest.startswith("2, "):
            continue  # it tells what was refused
        # A new thread or child goes on with what its maker does.
        where = marks.setdefault(thread, last)
        if where not in (None, "rest"):
            found[where].add(NUMBERS.get(name, name))
    return found


def complaints(page, trace):
    allowed = listed(page)
    seen = traced(trace)
    found = [f"{mark}: no such list in the page"
             for mark in sorted(seen.keys() - allowed.keys() - {"rest"})]
    for mark in sorted(seen.keys() & allowed.keys()):
        extra = seen[mark] - allowed[mark] - PROGRAMS_OWN
        if extra:
            found.append(f"{mark}: {', '.join(sorted(extra))}")
    return found


def control():
    """Whether a call that is not listed, and a missing list, are noticed."""
    page = '.\\" calls: one\n.It one\nmmap, brk\n.\\" calls: two\n.It two\n' \
        'none\n.El\n'
    good = '1 write(-1, "one", 3) = -1\n1 mmap(0) = 0\n1 brk(0) = 0\n'
    return (complaints(page, good) == [] and
            complaints(page, good + "1 open(0) = 0\n") == ["one: open"] and
            complaints(page, good + "2 open(0) = 0\n") == ["one: open"] and
            complaints(page, good.replace("one", "three", 1)) != [])


def trace(program):
    """What strace and the program say; None: there is no tracing here."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "trace")
        ran = subprocess.run(
            ["strace", "-f", "-qq", "-o", str(file), program],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100,
            check=False)
        text = file.read_text("utf-8", "replace") if file.exists() else ""
        return ran.returncode, ran.stderr.decode(), text


def why_skipped(code, said, text):
    if "PTRACE" in said or text == "":
        return "nothing can be traced here: " + said.strip()
    if code == 0 and "ELOCKLIMIT" in said:
        return "the limit of locked memory is reached, which has its own list"
    return None


def judge(program, page):
    """(state, what to say)"""
    if not control():
        return "not ok", "control: a call that is not listed is not noticed"
    if shutil.which("strace") is None:
        return "skip", "no strace"
    code, said, text = trace(program)
    why = why_skipped(code, said, text)
    if why is not None:
        return "skip", why
    if code != 0:
        return "not ok", f"the program answers {code}: {said}"
    if len(traced(text)) < 20:
        return "not ok", f"only these marks were seen: {sorted(traced(text))}"
    found = complaints(page, text)
    if found:
        return "not ok", "not in memward(7): " + "; ".join(found)
    return "ok", None


def main():
    page = pathlib.Path(sys.argv[2]).read_text("utf-8")
    state, why = judge(sys.argv[1], page)
    name = "the_manual_lists_every_system_call"
    print(f"{state} {name}" + (f": {why}" if why else ""))
    counts = [int(state == s) for s in ("ok", "not ok", "skip")]
    print(f"calls: {counts[0]} passed, {counts[1]} failed, "
          f"{counts[2]} skipped")
    return counts[1]


if __name__ == "__main__":
    sys.exit(main())
