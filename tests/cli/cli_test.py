# SPDX-License-Identifier: MIT
"""Drives the command-line tool as a user would.

What its arguments are, subject.py says.
"""

import collections
import functools
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from cases import Skip, case, check, check_equal, run, run_cases
from doctor_cases import without_proc
import habit_cases  # cases are found by being imported
import html_cases
import leak_cases
from proof import (ALWAYS, ASKED, SEEN, check_rows, prove_json, proof_of_user,
                   whole_proof)
from subject import (BROKEN, FOLDER, LINUX, NOBODY, ROOT, TOOL, VERSION,
                     file_of)

# What holds of a hardened process, where it leaks from one that is not.
HARDENED = {
    "hardened-mem": "same-user-mem",
    "hardened-readv": "same-user-readv",
    "hardened-ptrace": "same-user-ptrace",
    "hardened-mem-ward": "same-user-mem-packed",
    "hardened-readv-ward": "same-user-readv",
    "hardened-ptrace-ward": "same-user-ptrace",
    "hardened-mem-malloc": "same-user-mem",
    "injected-hardened": "injected-packed",
    "injected-hidden-hardened": "injected-hidden",
}


@functools.lru_cache(maxsize=None)
def broken_proof():
    """All attacks over a layer that does nothing."""
    return prove_json(tool=BROKEN, code=1)


def check_summary(proof):
    counts = collections.Counter()
    for row in proof["attacks"]:
        promised = "promised" if row["promised"] else "unpromised"
        key = f"{promised}_{row['result']}"
        if row["result"] == "not testable":
            key = "not_testable"
        elif row["name"] in ASKED and row["result"] == "leaked":
            key = "leaked_as_asked"
        counts[key] += 1
    for key, number in proof["summary"].items():
        check_equal(number, counts[key], key)
    check_equal(sum(proof["summary"].values()), len(proof["attacks"]), "sum")


def check_usage_error(*arguments):
    ran = run([TOOL, *arguments])
    check_equal(ran.code, 2, f"exit status of {arguments}")
    check_equal(ran.out, b"", f"output of {arguments}")
    check(ran.err, f"no complaint about {arguments}")
    return ran.complaint


@case
def alone_prints_usage():
    check("usage: memward COMMAND" in check_usage_error(), "usage")


@case
def help_of_every_command():
    listed = run([TOOL, "help"])
    check_equal(listed.code, 0, "exit status of help")
    check_equal(run([TOOL, "--help"]).out, listed.out, "--help")
    for name in ("prove", "doctor", "version", "help"):
        check(f"  {name} " in listed.text, f"help does not list {name}")
        ran = run([TOOL, name, "--help"])
        check_equal(ran.code, 0, f"exit status of {name} --help")
        check(f"usage: memward {name}" in ran.text, f"{name} --help")
    check("internal" not in listed.text, "help lists internal commands")


@case
def version_is_that_of_the_project():
    for name in ("version", "--version"):
        check_equal(run([TOOL, name]).text, f"memward {VERSION}\n", name)


@case
def wrong_usage_is_told():
    check("frobnicate" in check_usage_error("frobnicate"), "command")
    for name in ("prove", "doctor", "version", "help"):
        check("--frob" in check_usage_error(name, "--frob"), name)
    check("--secret" in check_usage_error("prove", "--secret"), "no value")
    check("--list" in check_usage_error("prove", "--only", "x"), "no attack")
    for name in ("internal-victim", "internal-heir"):
        check_equal(run([TOOL, name]).code, 2, name)


@case
def output_that_cannot_be_written_is_no_success():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    for arguments in (["version"], ["doctor"], ["prove", "--only", "bug"]):
        with open("/dev/full", "wb") as full:
            check_equal(run([TOOL, *arguments], stdout=full).code, 2,
                        f"exit status of {arguments}")


@case
def prove_holds_what_is_promised():
    proof = whole_proof()
    check_rows(proof)
    check_summary(proof)
    check(proof["summary"]["promised_held"] > 0, "nothing promised was tested")
    check_equal(proof["privileged"], ROOT, "privileged")


@case
def wards_hold_in_the_way_they_say():
    """A row must hold for its own reason, not for another fault."""
    if not LINUX:
        raise Skip("tried on Linux only")
    rows = {row["name"]: row for row in whole_proof()["attacks"]}
    for name, how in SEEN.items():
        check_equal(rows[name]["observed"], how, name)
    for name in ("use-after-free-packed", "use-after-free-guarded"):
        check_equal(rows[name]["observed"], "found zeros in its place", name)


def lock_rows(**more):
    rows = {row["name"]: row
            for row in prove_json("--only", "swap-reader", **more)["attacks"]}
    return [rows[name] for name in ("lock-refused", "lock-refused-guarded",
                                    "lock-recorded")]


@case
def locks_that_fail_are_told():
    if not LINUX:
        raise Skip("tried on Linux only")
    user = NOBODY if ROOT else None
    # The second is less than the pages one ward begins with.
    for kib in (64, 16):
        size = kib * 1024
        limits = [("RLIMIT_MEMLOCK", size, size)]
        refused, guarded, recorded = lock_rows(user=user, limits=limits)
        for row in (refused, guarded):
            check_equal(row.get("observed"), "refused: MEMWARD_ELOCKLIMIT",
                        row["name"])
        check("not locked: " in recorded.get("observed", ""), recorded)
    limits = [("RLIMIT_MEMLOCK", 0, 0)]
    proof = prove_json("--only", "lock-refused", user=user, limits=limits,
                       code=2)
    check("may lock nothing" in proof["attacks"][0]["reason"], proof)


@case
def attacks_on_wards_leave_no_words():
    """The last words of victims are read, not shown."""
    ran = run([TOOL, "prove", "--only", "bug"])
    check_equal(ran.err, b"", "standard error")


@case
def prove_as_an_ordinary_user():
    if not ROOT:
        raise Skip("the other cases are run by an ordinary user already")
    proof = proof_of_user()
    check_rows(proof)
    check_summary(proof)
    for row in proof["attacks"]:
        if row["adversary"] == "root":
            check_equal(row.get("reason"), "needs root", row["name"])


@case
def prove_shows_what_is_not_promised():
    """On Linux without Yama the layer alone leaks to the same user."""
    if not LINUX:
        raise Skip("no reader of other processes on this system")
    rows = {row["name"]: row for row in whole_proof()["attacks"]}
    for name in ("same-user-mem", "same-user-mem-closed"):
        if rows[name]["result"] == "not testable":
            raise Skip(rows[name]["reason"])
        check_equal(rows[name]["result"], "leaked", name)
        check_equal(rows[name]["promised"], False, name)
        check("not promised" in rows[name]["note"], name)


@case
def secret_files_that_cannot_be_used():
    for path, why in (
            (os.path.join(FOLDER, "missing"), "No such file"),
            (FOLDER, "directory"),
            (file_of("empty", b""), "empty"),
            (file_of("short", b"1234567"), "too short"),
            (file_of("zeros", bytes(64)), "too regular"),
            (file_of("large", os.urandom(65537)), "larger than 64 KiB")):
        told = check_usage_error("prove", "--secret", path)
        check(why in told, f"{told!r} does not say {why!r}")
        check(path in told, f"{told!r} does not name the file")


@case
def only_one_attack_or_one_adversary():
    rows = prove_json("--only", "fork-wipe")["attacks"]
    check_equal([row["name"] for row in rows], ["fork-wipe"], "rows")
    rows = prove_json("--only=bug")["attacks"]
    check_equal({row["adversary"] for row in rows}, {"bug"}, "adversaries")
    check(len(rows) > 1, "an adversary has more than one attack")


@case
def list_names_what_is_run():
    listed = run([TOOL, "prove", "--list"]).text.splitlines()
    rows = whole_proof()["attacks"]
    check_equal([line.split()[0] for line in listed],
                [row["name"] for row in rows], "names")


@case
def table_agrees_with_json():
    table = run([TOOL, "prove"])
    check_equal(table.code, 0, table.complaint)
    check("\033" not in table.text, "escape codes in a pipe")
    for line in table.text.splitlines():
        check(len(line) <= 100, f"more than 100 columns: {line}")
    # Of another run, so of attacks that never wait for the kernel.
    table = run([TOOL, "prove", "--only", "bug"])
    promised = [r["name"] for r in whole_proof()["attacks"]
                if r["promised"] and r["result"] == "held" and
                r["adversary"] == "bug"]
    check(f"{len(promised)} promised, and held" in table.text,
          f"not {len(promised)} in: {table.text[-2000:]}")
    for name in promised:
        check(name in table.text, f"{name} is not in the last lines")


def on_terminal(arguments, **environment):
    if shutil.which("script") is None or not LINUX:
        raise Skip("no script(1) of util-linux to make a terminal")
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    env.update({"TERM": "xterm", **environment})
    ran = run(["script", "-qec", f"'{TOOL}' {arguments}", "/dev/null"],
              env=env, cwd=FOLDER)
    check_equal(ran.code, 0, "exit status under script")
    return ran.out


@case
def colour_on_a_terminal_only():
    for arguments in ("prove --only bug", "doctor"):
        check(b"\033[32m" in on_terminal(arguments), f"no colour: {arguments}")
        for off in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            check(b"\033" not in on_terminal(arguments, **off),
                  f"colour in spite of {off}")


@case
def core_attacks_need_core_files():
    if not LINUX:
        raise Skip("tried on Linux only")
    proof = prove_json("--only", "core-reader", limits=[("RLIMIT_CORE", 0, 0)])
    rows = [r for r in proof["attacks"] if r["attack"].startswith("core")]
    check(len(rows) > 1, "no attacks by cores")
    for row in rows:
        check_equal(row["result"], "not testable", row["name"])
        check("core" in row["reason"], row["reason"])


@case
def nothing_tested_is_no_success():
    if not LINUX:
        raise Skip("tried on Linux only")
    prove_json("--only", "core-file", limits=[("RLIMIT_CORE", 0, 0)], code=2)


@case
def nothing_is_left_behind():
    for seconds in (0.02, 0.05, 0.1, 60):
        # Wherever it is when it is stopped, or done before.
        with subprocess.Popen([TOOL, "prove"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            check(process.wait(60) in (0, 2), "exit status when stopped")
        for place in (tempfile.gettempdir(), "/dev/shm"):
            left = f"{place}/memward-prove-{process.pid}-*"
            check(not glob.glob(left), "files left behind")


@case
def prove_without_proc():
    proof = without_proc("prove", "--json")
    check_rows(proof)
    for row in proof["attacks"]:
        if row["name"] in ("residue", "root-mem"):
            check_equal(row["result"], "not testable", row["name"])
            check("/proc" in row["reason"], row["reason"])


def check_hardened(proof, expected):
    results = {row["name"]: row["result"] for row in proof["attacks"]}
    plain = [name for name in HARDENED.values() if results[name] == "leaked"]
    if not plain:
        raise Skip("no process of the same user may be read here")
    for name, other in HARDENED.items():
        if results[other] == "leaked":
            check_equal(results[name], expected, name)


@case
def a_hardened_process_is_not_read():
    if not LINUX:
        raise Skip("readers have been written for Linux alone")
    check_hardened(whole_proof(), "held")


@case
def a_process_that_is_not_hardened_is_found_out():
    if not LINUX:
        raise Skip("readers have been written for Linux alone")
    check_hardened(broken_proof(), "leaked")


@case
def a_broken_layer_is_found_out():
    """The proof of the proof: over a layer that does nothing it fails."""
    proof = broken_proof()
    results = {row["name"]: row["result"] for row in proof["attacks"]}
    for row in proof["attacks"]:
        # exec itself takes all memory away.
        check(row["result"] != "held" or row["attack"].endswith(" exec")
              or not row["promised"], f"{row['name']} held")
    for name in ALWAYS | {"fork-wipe", "fork-wipe-grandchild", "ward-wipe",
                          "ward-wipe-grandchild"}:
        check_equal(results[name], "leaked", name)
    if LINUX:
        for name in ("residue-packed-resized", "residue-all-closed",
                     "residue-schedule", "residue-schedule-closed",
                     "input-file", "input-pipe", "input-environment",
                     "input-terminal",
                     "lock-refused", "lock-recorded",
                     "lock-refused-guarded"):
            check_equal(results[name], "leaked", name)
    check(proof["summary"]["promised_leaked"] >= len(ALWAYS), "summary")
    table = run([BROKEN, "prove"])
    check_equal(table.code, 1, "exit status of the table")
    check("BROKEN" in table.text and "LEAKED" in table.text, "table")


if __name__ == "__main__":
    sys.exit(run_cases("cli"))
