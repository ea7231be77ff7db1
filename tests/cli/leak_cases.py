# SPDX-License-Identifier: MIT
"""Cases of memward prove: what leaks by design, and what a sandbox denies."""

from cases import Skip, case, check, check_equal
from proof import proof_of_user, whole_proof
from subject import LINUX, ROOT

# What each comes to where it can be tested, and the words for it.
LEAK = {
    "core-undone": "holds it",
    "injected-packed": "the process itself writes it out",
    "injected-closed": "the process itself writes it out",
    "injected-root": "the process itself writes it out",
    "vmsplice": "the process reads it",
    "io-uring": "the process reads it",
    "direct-io": "the process reads it",
    "residue-stack": "read by the attacker",
    "residue-registers": "read by the attacker",
}
HOLD = {
    "core-wiped-by-signal": "lacks it",
    "denied-dump-required": "refused: MEMWARD_E",
    "denied-dump-preferred": "",
    "denied-lock-required": "refused: MEMWARD_E",
    "denied-lock-preferred": "given, and reported as not locked: ",
    "injected-hardened": "refused: ",
    "injected-hidden-hardened": "refused: ",
    "exec-packed": "not inherited",
    "exec-mapping": "not inherited",
    "vmsplice-closed": "refused: ",
    "io-uring-closed": "refused: ",
    "direct-io-closed": "refused: ",
    "residue-stack-wiped": "not in ",
    "residue-schedule": "not in ",
    "residue-schedule-closed": "not in ",
    "input-file": "not in ",
    "input-pipe": "not in ",
    "input-environment": "not in ",
    "input-terminal": "not in ",
    "merged-pages": "leaves its page alone",
    "merged-packed": "leaves its page alone",
    "merged-guarded": "leaves its page alone",
}


def check_leaks(proof):
    rows = {row["name"]: row for row in proof["attacks"]}
    untested = []
    for expected, result in ((LEAK, "leaked"), (HOLD, "held")):
        for name, words in expected.items():
            row = rows[name]
            if row["result"] == "not testable":
                check(row["reason"], f"{name}: no reason")
                untested.append(name)
                continue
            check_equal(row["result"], result, name)
            check_equal(row["promised"], result == "held", name)
            check(words in row["observed"], f"{name}: {row['observed']}")
    return untested


@case
def ways_out_are_shown_as_they_are():
    """By design or not: a leak is called one, and never a promise."""
    if not LINUX:
        raise Skip("tried on Linux only")
    untested = check_leaks(whole_proof())
    check(len(untested) < len(LEAK) + len(HOLD), "nothing could be tested")


@case
def ways_out_are_the_same_for_an_ordinary_user():
    if not LINUX or not ROOT:
        raise Skip("needs Linux and root, else the case above does it")
    untested = check_leaks(proof_of_user())
    check("injected-root" in untested, "an ordinary user was root")
