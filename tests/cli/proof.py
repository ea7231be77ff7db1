# SPDX-License-Identifier: MIT
"""What is true of any proof that "memward prove" gives."""

import functools
import json

from cases import check, check_equal, run
from subject import LINUX, NOBODY, TOOL, VERSION

RESULTS = {"held", "leaked", "not testable"}
# What the caller asked to be handed on.
ASKED = {"fork-keep", "ward-keep"}
# These need nothing that a machine could lack.
ALWAYS = {"fork-omit", "read-closed", "write-closed", "write-read-only"}
# The same of wards, with how each is seen to hold.
SEEN = {
    "ward-omit": "the child dies of SIGSEGV",
    "ward-omit-guarded": "the child dies of SIGSEGV",
    "overrun-packed":
        "stopped: memward_free: memory next to a secret was overwritten",
    "overrun-packed-check":
        "stopped: memward_check: memory next to a secret was overwritten",
    "overrun-guarded": "fine up to the edge, then SIGSEGV",
    "underrun-guarded":
        "stopped: memward_free: memory next to a secret was overwritten",
    "overread-run": "the process dies of SIGSEGV",
    "overread-guarded": "the process dies of SIGSEGV",
    "underread-guarded": "the process dies of SIGSEGV",
    "use-after-free-trap": "the process dies of SIGSEGV",
    "late-write-packed":
        "stopped: memward_new: memory of a freed secret was overwritten",
    "late-write-guarded": "stopped: memward_new_guarded: "
                          "memory of a freed secret was overwritten",
    "late-write-trap": "the process dies of SIGSEGV",
    "double-free-packed": "stopped: memward_free: secret was freed before",
    "double-free-guarded": "stopped: memward_free: secret was freed before",
    "read-closed-ward": "the process dies of SIGSEGV",
    "write-closed-ward": "the process dies of SIGSEGV",
    "pass-closed-ward": "refused: Bad address",
    "write-reading-ward": "the process dies of SIGSEGV",
    "read-guarded-closed": "the process dies of SIGSEGV",
    "write-guarded-read-only": "the process dies of SIGSEGV",
}
ALWAYS |= set(SEEN)


def prove_json(*arguments, tool=TOOL, code=0, **more):
    ran = run([tool, "prove", "--json", *arguments], **more)
    check_equal(ran.code, code, f"exit status; {ran.err!r}")
    return json.loads(ran.text)


@functools.lru_cache(maxsize=None)
def whole_proof():
    """All attacks, once; for cases that look at it in different ways."""
    return prove_json()


@functools.lru_cache(maxsize=None)
def proof_of_user():
    """The same, run by root as an ordinary user."""
    return prove_json(user=NOBODY)


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
