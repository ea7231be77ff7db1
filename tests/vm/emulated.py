# SPDX-License-Identifier: MIT
"""Programs for another processor on this kernel, each under an emulator."""
import os
import shutil
import subprocess

from guest import Run
from packages import Unavailable

# What asks of the system no more than such an emulator passes on: it takes
# any advice about memory and does nothing, so that wards that require to be
# left out of cores cannot be opened.
PROGRAMS = ("platform_specific_test", "limits_test", "portable_test",
            "random_test", "threads_test", "unit_spans_test", "wipe_test")


def run_all(cpu, folder, log):
    """Runs them as this user. Returns Runs, as a guest's Console has them."""
    emulator = []
    environment = dict(os.environ, MEMWARD_TEST_SLOW="yes")
    if cpu.user is None and os.uname().machine != "x86_64":
        raise Unavailable("this processor runs no such programs")
    if cpu.user is not None:
        emulator = [shutil.which(cpu.user)]
        if emulator == [None]:
            raise Unavailable("%s is not installed" % cpu.user)
        environment["MEMWARD_TEST_EMULATOR"] = emulator[0]
    runs = []
    with open(log, "w", encoding="utf-8") as file:
        for name in PROGRAMS:
            run = Run("emulated", name)
            runs.append(run)
            try:
                done = subprocess.run(
                    [*emulator, os.path.join(folder, "tests", name)],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, env=environment, timeout=600,
                    check=False, errors="replace", text=True)
            except OSError as reason:
                raise Unavailable(str(reason)) from reason
            except subprocess.TimeoutExpired:
                run.lines.append("# it hung: ended after 600 seconds")
                continue
            file.write(done.stdout)
            run.lines = done.stdout.splitlines()
            run.status = done.returncode
    return runs
