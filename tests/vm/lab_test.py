#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""That the laboratory notices what goes wrong in a guest. Needs none."""
import os
import subprocess
import sys
import tempfile

import guest
import look
import scenarios
import verdict

results = []


def check(name, holds):
    results.append(holds)
    print("ok %s" % name if holds else "not ok %s: it is not so" % name)


def counts_of(text, must=()):
    result = verdict.Verdict("scenario", must)
    console = guest.Console(text)
    verdict.judge_runs(result, console)
    return tuple(result.counts.values())


WHOLE = """@lab run root a_test
ok one
skip two: no protection key
a_test: 1 passed, 0 failed, 1 skipped
@lab end 0 3
@lab done
"""

check("a_whole_run_is_counted", counts_of(WHOLE) == (1, 0, 1))
check("what_is_certain_must_not_skip",
      counts_of(WHOLE, (scenarios.KEYS,)) == (1, 1, 0))
check("a_program_that_dies_is_a_failure",
      counts_of("@lab run root a_test\nok one\n@lab end 139 1") == (1, 1, 0))
check("a_guest_that_dies_is_a_failure",
      counts_of("@lab run root a_test\nok one\n") == (1, 1, 0))
check("a_lost_line_is_a_failure",
      counts_of(WHOLE.replace("ok one\n", "")) == (0, 1, 1))
check("a_failed_status_is_a_failure",
      counts_of(WHOLE.replace("end 0", "end 1")) == (1, 1, 1))
check("a_case_that_fails_is_counted_once", counts_of(
    WHOLE.replace("ok one", "not ok one: why").replace(
        "1 passed, 0 f", "0 passed, 1 f").replace("end 0", "end 1")) ==
      (0, 1, 1))
check("a_proof_that_is_none_is_a_failure",
      counts_of("@lab run user prove\nno\n@lab end 0 1") == (0, 1, 0))
check("a_leak_is_a_failure", counts_of(
    '@lab run user prove\n{"attacks": [{"name": "a", "promised": true, '
    '"result": "leaked"}]}\n@lab end 1 1') == (0, 2, 0))
check("a_guest_that_ends_early_is_not_done",
      not guest.Console("@lab run root a_test\n").done)

# The patterns in C are those in Python, and only the ones asked for are seen.
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "disk")
    made = subprocess.run([sys.argv[1], "print", "control"], check=False,
                          stdout=subprocess.PIPE).stdout
    with open(path, "wb") as file:
        file.write(b"\1" * 4096 + made + b"\2" * 4096)
    check("a_pattern_is_found", look.count(path, "control") == 2)
    check("no_other_is_found", look.count(path, "packed") == 0)
    check("beyond_its_place_it_is_not_found",
          look.count(path, "control", 4096 + len(made)) == 0)


class Image:
    """In place of a kernel for what is none."""
    image = "none"


def boots_of(folder, deaths):
    """What boot() makes of a kernel that dies so often before its work."""
    emulator = os.path.join(folder, "emulator")
    counter = os.path.join(folder, "counter-%d" % deaths)
    with open(emulator, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho >> %s\n[ $(wc -l < %s) -gt %d ] &&\n"
                   "echo '@lab kernel 1' && echo '@lab done'\nexit 0\n" %
                   (counter, counter, deaths))
    os.chmod(emulator, 0o755)
    cpu = guest.Cpu("none", None, qemu=emulator, console="none")
    _, why, boots = guest.boot(cpu, Image(), "none", "",
                               os.path.join(folder, "log"), 60)
    return why is None, boots


with tempfile.TemporaryDirectory() as folder:
    check("a_kernel_that_starts_is_booted_once",
          boots_of(folder, 0) == (True, 1))
    check("a_kernel_that_dies_at_its_start_is_booted_again",
          boots_of(folder, 2) == (True, 3))
    check("a_kernel_that_never_starts_is_a_failure",
          boots_of(folder, 99) == (False, 3))

failed = results.count(False)
print("lab_test: %d passed, %d failed, 0 skipped" % (
    len(results) - failed, failed))
sys.exit(failed != 0)
