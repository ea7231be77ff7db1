# SPDX-License-Identifier: MIT
"""Cases of the tool's manners: manual, completion, pipes."""

import glob
import os
import re
import shutil

from cases import Skip, case, check, check_equal, run
from subject import FOLDER, SOURCE, TOOL

PAGES = sorted(glob.glob(os.path.join(SOURCE, "man", "*.1")))
# mandoc's word on "memward" in a page that is about one of its commands.
HARMLESS = "cross reference to self"


def page(name):
    path = os.path.join(SOURCE, "man", f"{name}.1")
    check(os.path.exists(path), f"no man/{name}.1")
    with open(path, encoding="ascii") as file:
        return file.read()


def commands():
    """Those with options of their own."""
    listed = re.findall(r"^  ([a-z]+) ", run([TOOL, "help"]).text, re.M)
    check({"prove", "doctor"} <= set(listed), listed)
    return listed


def options_of(command):
    return set(re.findall(r"--[a-z][a-z-]*",
                          run([TOOL, command, "--help"]).text))


@case
def manual_is_clean():
    if shutil.which("mandoc") is None:
        raise Skip("mandoc is not installed")
    check(len(PAGES) >= 3, PAGES)
    for path in PAGES:
        ran = run(["mandoc", "-Tlint", "-Wwarning", path])
        bad = [line for line in (ran.text + ran.complaint).splitlines()
               if HARMLESS not in line]
        check_equal(bad, [], path)


@case
def manual_names_what_the_tool_has():
    text = page("memward")
    for command in commands():
        check(f".It Cm {command}\n" in text, f"memward(1) lacks {command}")
    for command in ("prove", "doctor"):
        text = page(f"memward-{command}")
        documented = {"--" + name
                      for name in re.findall(r"^\.It Fl -([a-z-]+)", text,
                                             re.M)}
        check_equal(documented, options_of(command),
                    f"options of memward-{command}(1)")


@case
def manual_has_every_exit_status():
    for name, codes in (("memward", "012"), ("memward-prove", "012"),
                        ("memward-doctor", "02")):
        part = page(name).split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
        check_equal("".join(re.findall(r"^\.It ([0-9])$", part, re.M)),
                    codes, name)


@case
def manual_has_a_line_for_every_attack():
    """What it shows, and what it does not."""
    part = page("memward-prove").split(".Sh ATTACKS")[1].split(".Sh ")[0]
    rows = re.split(r"^\.It Cm ", part, flags=re.M)[1:]
    documented = [row.split("\n")[0] for row in rows]
    listed = [line.split()[0]
              for line in run([TOOL, "prove", "--list"]).text.splitlines()]
    check_equal(len(documented), len(set(documented)), "no row twice")
    check_equal(set(listed) - set(documented), set(), "not in the manual")
    check_equal(set(documented) - set(listed), set(), "not in the tool")
    for row in rows:
        name = row.split("\n")[0]
        check("\nShows:" in row, f"{name}: what does it show?")
        check("\nNot shown:" in row, f"{name}: what does it not show?")


def complete(*words):
    """What bash offers for the last of these words."""
    if shutil.which("bash") is None:
        raise Skip("no bash")
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_memward; printf "%s\\n" "${COMPREPLY[@]}"')
    ran = run(["bash", "-uc", script, "bash",
               os.path.join(SOURCE, "cli", "memward.bash"), TOOL, *words])
    check_equal(ran.code, 0, ran.complaint)
    check_equal(ran.err, b"", "standard error")
    return set(ran.text.split())


@case
def bash_completes():
    check_equal(complete(""), set(commands()), "commands")
    check_equal(complete("pro"), {"prove"}, "a command begun")
    for command in ("prove", "doctor"):
        check_equal(complete(command, "--"), options_of(command), command)
    check_equal(complete("prove", "--js"), {"--json"}, "an option begun")
    check_equal(complete("prove", "--only", "fork-om"), {"fork-omit"},
                "an attack")
    check_equal(complete("prove", "--only", "=", "fork-om"), {"fork-omit"},
                "an attack behind =")
    check("swap-reader" in complete("prove", "--only", ""), "an adversary")
    check_equal(complete("prove", "--secret", FOLDER), set(),
                "files are bash's own business")


@case
def a_reader_that_has_enough_is_no_error():
    for arguments, code in ((["version"], 0), (["help"], 0),
                            (["doctor"], 0), (["doctor", "--json"], 0),
                            (["prove", "--only", "fork-omit"], 0),
                            (["prove", "--list"], 0), (["prove", "-x"], 2)):
        ends = os.pipe()
        os.close(ends[0])
        try:
            ran = run([TOOL, *arguments], stdout=ends[1])
        finally:
            os.close(ends[1])
        check_equal(ran.code, code, f"exit status of {arguments}")
        check(code != 0 or ran.err == b"", f"{arguments}: {ran.err!r}")
