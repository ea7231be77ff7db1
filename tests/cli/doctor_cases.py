# SPDX-License-Identifier: MIT
"""Cases of memward doctor."""

import json
import os
import resource
import shutil

from cases import Skip, case, check, check_equal, run
from subject import LINUX, NOBODY, ROOT, SANITIZED, TOOL


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


def check_preset(facts, name, state, *words):
    fact = facts[f"{name} ward"]
    check_equal(fact["state"], state, name)
    for word in words:
        check(word in fact["value"] + fact["remedy"], f"{fact}: no {word!r}")


@case
def doctor_tries_presets():
    """A verdict on each, found by opening a ward."""
    if not LINUX:
        raise Skip("tried on Linux only")
    env = {k: v for k, v in os.environ.items() if k != "MEMWARD_POLICY"}
    facts = doctor_facts(env=env)
    check("MEMWARD_POLICY" not in facts, "an override that is not there")
    for name in ("server", "container", "desktop"):
        check_preset(facts, name, "fine", "possible here: locked, no_dump")
    user = NOBODY if ROOT else None
    facts = doctor_facts(env=env, user=user,
                         limits=[("RLIMIT_MEMLOCK", 0, 0)])
    check_preset(facts, "server", "short", "not possible here, because",
                 "locked", "ulimit -l", "MEMWARD_POLICY=prefer-locked")
    check_preset(facts, "container", "note", "without locked", "ulimit -l")
    strict = facts["strict ward"]
    check(strict["state"] == "short" and strict["remedy"], strict)


@case
def doctor_minds_the_override():
    if not LINUX:
        raise Skip("tried on Linux only")
    user = NOBODY if ROOT else None
    facts = doctor_facts(
        env={**os.environ, "MEMWARD_POLICY": "prefer-locked"}, user=user,
        limits=[("RLIMIT_MEMLOCK", 0, 0)])
    check_preset(facts, "server", "note", "without locked")
    check_equal(facts["MEMWARD_POLICY"]["state"], "note", "the override")
    facts = doctor_facts(env={**os.environ, "MEMWARD_POLICY": "prefer-luck"})
    for name in ("server", "container", "desktop", "strict"):
        check_preset(facts, name, "short", "MEMWARD_EOVERRIDE")


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
