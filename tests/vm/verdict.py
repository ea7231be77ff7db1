# SPDX-License-Identifier: MIT
"""Turns what guests said into lines that the check driver counts."""
import json
import re

CASE = re.compile(r"(ok|not ok|skip) (\S+?)(?:: (.*))?$")
TOTALS = re.compile(r"(\S+): (\d+) passed, (\d+) failed, (\d+) skipped$")
# Skips, name and reason, that say nothing of what the guest has.
EXCUSED = re.compile(
    r"user/.*: needs root$|"
    r"_hidden_test/.*: (not for hidden wards|hidden memory meets the limit|"
    r"this memward was built without sealing)|"
    # It is about both, and this processor has but one of them.
    r"/hidden_memory_takes_a_key: cannot: no protection keys|"
    # The guest's files are in memory, which this kernel cannot bypass.
    r".*/pages_are_not_pinned_for_a_disk: not even a plain secret|"
    r".*/prove/direct-io-\w+: .*direct I/O$")


class Verdict:
    """The lines of one scenario, with "NAME: totals" at their end.

    must: regular expressions of what is certain in this guest. A test whose
    name or reason matches one must not skip.
    """

    def __init__(self, scenario, must=()):
        self.scenario, self.must = scenario, must
        self.lines = []
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}

    def say(self, kind, name, why=""):
        if (kind == "skip" and not EXCUSED.search(name + ": " + why) and
                any(re.search(what, name + " " + why, re.I)
                    for what in self.must)):
            kind, why = "not ok", "skipped, where it is certain: " + why
        self.counts[kind] += 1
        self.lines.append("%s %s/%s%s" % (kind, self.scenario, name,
                                          ": " + why if why else ""))

    def check(self, name, holds, why):
        if holds:
            self.say("ok", name)
        else:
            self.say("not ok", name, why)

    def note(self, text):
        self.lines.append("# %s: %s" % (self.scenario, text))

    def text(self):
        return "\n".join(self.lines + [
            "lab_%s: %d passed, %d failed, %d skipped" % (
                self.scenario, self.counts["ok"], self.counts["not ok"],
                self.counts["skip"])])


def judge_program(verdict, run):
    """A program of the suite: its cases, and whether it came to its end."""
    name = "%s/%s" % (run.who, run.program)
    counted = {"ok": 0, "not ok": 0, "skip": 0}
    totals = None
    for line in run.lines:
        match = CASE.match(line)
        if match:
            counted[match[1]] += 1
            verdict.say(match[1], "%s/%s" % (name, match[2]), match[3] or "")
        match = TOTALS.match(line)
        if match and match[1] == run.program:
            totals = [int(match[i]) for i in (2, 3, 4)]
    if run.status is None:
        verdict.say("not ok", name, "it did not come to its end")
    elif totals != list(counted.values()):
        verdict.say("not ok", name, "ended with status %d, counted %s and "
                    "told %s" % (run.status, list(counted.values()), totals))
    elif run.status != 0 and counted["not ok"] == 0:
        verdict.say("not ok", name, "ended with status %d" % run.status)


def judge_proof(verdict, run):
    """What "memward prove --json" says of each attack."""
    name = "%s/%s" % (run.who, run.program)
    try:
        told = json.loads("\n".join(
            line for line in run.lines if not line.startswith("#")))
    except ValueError:
        verdict.say("not ok", name, "no proof came, but: " +
                    " ".join(run.lines)[:200])
        return
    for attack in told["attacks"]:
        where = "%s/%s" % (name, attack["name"])
        if attack["result"] == "not testable":
            verdict.say("skip", where, attack.get("reason", "no reason"))
        elif attack["promised"]:
            verdict.check(where, attack["result"] == "held",
                          attack.get("note", attack["result"]))
    verdict.check(name + "/exit", run.status == 0,
                  "ended with status %s" % run.status)


def judge_runs(verdict, console):
    for run in console.runs:
        if run.program == "prove":
            judge_proof(verdict, run)
        elif run.program.endswith("_test"):
            judge_program(verdict, run)
