# SPDX-License-Identifier: MIT
"""Drives the command-line tool as a user would.

Arguments: TOOL BROKEN_TOOL VERSION [SANITIZERS that they are built with]
"""

import atexit
import collections
import glob
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

from cases import Skip, case, check, check_equal, run, run_cases

BUILT, BROKEN, VERSION = sys.argv[1:4]
SANITIZED = "".join(sys.argv[4:])
NOBODY = 65534
ROOT = os.geteuid() == 0
LINUX = sys.platform.startswith("linux")
RESULTS = {"held", "leaked", "not testable"}
# These need nothing that a machine could lack.
ALWAYS = {"fork-omit", "read-closed", "write-closed", "write-read-only"}

# A folder that other users can enter, which a build folder need not be.
FOLDER = tempfile.mkdtemp(prefix="memward-cli-")
atexit.register(shutil.rmtree, FOLDER)
os.chmod(FOLDER, 0o755)
TOOL = shutil.copy(BUILT, os.path.join(FOLDER, "memward"))
os.chmod(TOOL, 0o755)


def file_of(name, content):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def prove_json(*arguments, tool=TOOL, code=0, **more):
    ran = run([tool, "prove", "--json", *arguments], **more)
    check_equal(ran.code, code, f"exit status; {ran.err!r}")
    return json.loads(ran.text)


def check_rows(proof):
    """What must be true of any proof of an unbroken layer."""
    check_equal(list(proof), ["memward", "system", "privileged", "secret",
                              "attacks", "summary"], "keys")
    check_equal(proof["memward"], VERSION, "version")
    for row in proof["attacks"]:
        name, result = row["name"], row["result"]
        check(result in RESULTS, f"{name}: {result}")
        tested = result != "not testable"
        check(not (row["promised"] and result == "leaked"), f"{name} leaked")
        check(tested == ("observed" in row), f"{name}: observed")
        check(tested != ("reason" in row), f"{name}: reason")
        check(row.get("observed", row.get("reason")), f"{name}: says nothing")
        check(not tested or row["control"] == "found",
              f"{name} was judged without its control")
        if LINUX and name in ALWAYS:
            check_equal(result, "held", name)


def check_summary(proof):
    counts = collections.Counter()
    for row in proof["attacks"]:
        promised = "promised" if row["promised"] else "unpromised"
        key = f"{promised}_{row['result']}"
        if row["result"] == "not testable":
            key = "not_testable"
        elif row["name"] == "fork-keep" and row["result"] == "leaked":
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
    proof = prove_json()
    check_rows(proof)
    check_summary(proof)
    check(proof["summary"]["promised_held"] > 0, "nothing promised was tested")
    check_equal(proof["privileged"], ROOT, "privileged")


@case
def prove_as_an_ordinary_user():
    if not ROOT:
        raise Skip("the other cases are run by an ordinary user already")
    proof = prove_json(user=NOBODY)
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
    rows = {row["name"]: row for row in prove_json()["attacks"]}
    for name in ("same-user-mem", "same-user-mem-closed"):
        if rows[name]["result"] == "not testable":
            raise Skip(rows[name]["reason"])
        check_equal(rows[name]["result"], "leaked", name)
        check_equal(rows[name]["promised"], False, name)
        check("not promised" in rows[name]["note"], name)


@case
def prove_with_a_private_key():
    if shutil.which("openssl") is None:
        raise Skip("no openssl to make a key")
    path = os.path.join(FOLDER, "key.pem")
    made = run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                "rsa_keygen_bits:2048", "-out", path])
    check_equal(made.code, 0, made.complaint)
    check_no_secret_shown(path)


@case
def prove_with_secrets_of_all_sizes():
    for size in (8, 15, 16, 17, 4096, 65536):
        proof = prove_json("--secret",
                           file_of("secret", os.urandom(size)))
        check_rows(proof)
        check_equal(proof["secret"], f"{size} bytes of your file", "secret")
        kept = [row for row in proof["attacks"] if row["name"] == "fork-keep"]
        check_equal(kept[0]["result"], "leaked", "the search")


def check_no_secret_shown(path):
    """Every run of 8 bytes of the secret is looked for in all output."""
    with open(path, "rb") as file:
        secret = file.read()
    for options in ([], ["--json"]):
        ran = run([TOOL, "prove", "--secret", path, *options])
        check_equal(ran.code, 0, ran.complaint)
        shown = ran.out + ran.err
        for at in range(0, len(secret) - 8):
            check(secret[at:at + 8] not in shown, "part of the secret shown")
    check_rows(prove_json("--secret", path))


@case
def no_part_of_a_secret_is_shown():
    check_no_secret_shown(file_of("text", b"correct horse battery staple\n"))


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
    rows = prove_json()["attacks"]
    check_equal([line.split()[0] for line in listed],
                [row["name"] for row in rows], "names")


@case
def table_agrees_with_json():
    table = run([TOOL, "prove"])
    check_equal(table.code, 0, table.complaint)
    check("\033" not in table.text, "escape codes in a pipe")
    for line in table.text.splitlines():
        check(len(line) <= 100, f"more than 100 columns: {line}")
    promised = [r["name"] for r in prove_json()["attacks"]
                if r["promised"] and r["result"] == "held"]
    check(f"{len(promised)} promised, and held" in table.text, "numbers")
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
    proof = prove_json(limits=[("RLIMIT_CORE", 0, 0)])
    for row in proof["attacks"]:
        if row["adversary"] == "core-reader":
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


def doctor_facts(**more):
    ran = run([TOOL, "doctor", "--json"], **more)
    check_equal(ran.code, 0, ran.complaint)
    report = json.loads(ran.text)
    check_equal(list(report), ["memward", "system", "page_size", "facts"],
                "keys")
    check_equal(report["page_size"], resource.getpagesize(), "page size")
    for fact in report["facts"]:
        check_equal(list(fact), ["name", "state", "value", "remedy"], "keys")
        check(fact["state"] in ("fine", "short", "note", "unseen"), "state")
        check(fact["value"], "a fact without a value")
        check(fact["state"] != "short" or fact["remedy"],
              f"{fact['name']} falls short and has no remedy")
    return {fact["name"]: fact for fact in report["facts"]}


@case
def doctor_reports():
    facts = doctor_facts()
    for name in ("lock", "no_dump", "fork_omit", "fork_wipe", "core limit"):
        check(name in facts, f"nothing about {name}")
    if LINUX:
        for name in ("lock limit", "core handler", "dumpable", "swap",
                     "ptrace scope", "max_map_count"):
            check(name in facts, f"nothing about {name}")
    text = run([TOOL, "doctor"]).text
    check("\033" not in text, "escape codes in a pipe")
    for line in text.splitlines():
        check(len(line) <= 100, f"more than 100 columns: {line}")


@case
def doctor_under_small_lock_limits():
    if not LINUX:
        raise Skip("tried on Linux only")
    user = NOBODY if ROOT else None
    for kib in (0, 64):
        size = kib * 1024
        facts = doctor_facts(
            user=user, limits=[("RLIMIT_MEMLOCK", size, size)])
        limit = facts["lock limit"]
        check_equal(limit["state"], "short", f"lock limit of {kib} KiB")
        for remedy in ("ulimit -l", "LimitMEMLOCK=", "docker run --ulimit",
                       "setcap", "AmbientCapabilities"):
            check(remedy in limit["remedy"], f"no {remedy}")
        check_equal(facts["lock"]["state"], "fine" if kib else "short",
                    f"lock under {kib} KiB")


def without_proc(*arguments):
    """In a mount namespace of its own, where /proc is an empty folder."""
    if not LINUX or not ROOT or shutil.which("unshare") is None:
        raise Skip("needs Linux, root and unshare(1)")
    if SANITIZED:
        raise Skip("sanitizers themselves need /proc")
    script = 'mount -t tmpfs none /proc && exec "$@"'
    test = run(["unshare", "-m", "sh", "-c", script, "sh", "true"])
    if test.code != 0:
        raise Skip(f"no mount namespace: {test.complaint.strip()}")
    ran = run(["unshare", "-m", "sh", "-c", script, "sh", TOOL, *arguments])
    check_equal(ran.code, 0, ran.complaint)
    return json.loads(ran.text)


@case
def doctor_without_proc():
    facts = without_proc("doctor", "--json")["facts"]
    unseen = {f["name"] for f in facts if f["state"] == "unseen"}
    check({"core handler", "swap", "max_map_count", "seccomp"} <= unseen,
          f"unseen: {unseen}")


@case
def prove_without_proc():
    proof = without_proc("prove", "--json")
    check_rows(proof)
    for row in proof["attacks"]:
        if row["name"] in ("residue", "root-mem"):
            check_equal(row["result"], "not testable", row["name"])
            check("/proc" in row["reason"], row["reason"])


@case
def a_broken_layer_is_found_out():
    """The proof of the proof: over a layer that does nothing it fails."""
    proof = prove_json(tool=BROKEN, code=1)
    results = {row["name"]: row["result"] for row in proof["attacks"]}
    for row in proof["attacks"]:
        check(row["result"] != "held" or row["name"] in ("exec", "fork-keep")
              or not row["promised"], f"{row['name']} held")
    for name in ALWAYS | {"fork-wipe", "fork-wipe-grandchild"}:
        check_equal(results[name], "leaked", name)
    check(proof["summary"]["promised_leaked"] >= 6, "summary")
    table = run([BROKEN, "prove"])
    check_equal(table.code, 1, "exit status of the table")
    check("BROKEN" in table.text and "LEAKED" in table.text, "table")


if __name__ == "__main__":
    sys.exit(run_cases("cli"))
