#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The laboratory: the suite and the proof on real kernels, under QEMU.

lab.py [--quick] [SCENARIO...]   runs all, the quick ones, or those named
lab.py --list                    names them

See README.md beside this file. Everything is kept under build/lab; what the
guests said is in build/lab/logs.
"""
import concurrent.futures
import os
import subprocess
import sys
import time

import emulated
import guest
import packages
import scenarios
import verdict

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
LAB = os.path.join(ROOT, "build", "lab")
JOBS = max(1, int(os.environ.get("JOBS", os.cpu_count() or 1)))


class BuildFailed(Exception):
    """Where its log is."""


def sealing():
    """Static programs take libsodium's static library, or go without."""
    done = subprocess.run(["cc", "-print-file-name=libsodium.a"],
                          capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    if os.path.isabs(path):
        return "-DMEMWARD_SODIUM_LIBRARY=" + path
    return "-DMEMWARD_SEAL=OFF"


def configure(cpu_name, folder):
    command = ["cmake", "-S", ROOT, "-B", folder,
               "-DCMAKE_BUILD_TYPE=Release", "-DMEMWARD_WERROR=ON",
               "-DCMAKE_EXE_LINKER_FLAGS=-static",
               "-DOPENSSL_USE_STATIC_LIBS=ON"]
    if cpu_name == os.uname().machine:
        command.append(sealing())
    else:
        packages.run([os.path.join(ROOT, "tools", "zig.sh")], "tools/zig.sh")
        command += ["-DCMAKE_SYSTEM_NAME=Linux",
                    "-DMEMWARD_ZIG_TARGET=" + guest.CPUS[cpu_name].target,
                    "-DCMAKE_TOOLCHAIN_FILE=" + os.path.join(
                        ROOT, "cmake", "toolchain-zig.cmake")]
    return command


def build(cpu_name, targets):
    """Static programs for a processor, by the host's compiler or by zig."""
    folder = os.path.join(LAB, cpu_name)
    log = os.path.join(LAB, "logs", "build-%s.log" % cpu_name)
    steps = (configure(cpu_name, folder),
             ["cmake", "--build", folder, "--parallel", str(JOBS),
              "--target", *targets])
    with open(log, "w", encoding="utf-8") as file:
        for step in steps:
            done = subprocess.run(step, stdout=file, check=False,
                                  stderr=subprocess.STDOUT)
            if done.returncode != 0:
                raise BuildFailed(log)
    return folder


def read_list(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read().split()


def make_disk(scenario):
    if scenario.disk == 0:
        return None
    path = os.path.join(LAB, scenario.name + ".disk")
    with open(path, "wb") as file:
        file.truncate(scenario.disk << 20)
    return path


def log_of(scenario):
    return os.path.join(LAB, "logs", scenario.name + ".log")


def run_guest(scenario, folder, result):
    cpu = guest.CPUS[scenario.cpu]
    begin = time.time()
    kernel = packages.Kernel(LAB, scenario.suite, cpu.debian,
                             scenario.package)
    initramfs = os.path.join(LAB, scenario.name + ".initramfs")
    suites = [file for file in read_list(folder, "lab_suites")
              if os.path.basename(file) not in scenario.leave]
    guest.write_initramfs(initramfs, kernel, suites,
                          read_list(folder, "lab_tools"))
    disk = make_disk(scenario)
    console, why, boots = guest.boot(
        cpu, kernel, initramfs,
        "lab=%s %s" % (scenario.script, scenario.append),
        log_of(scenario), scenario.timeout, disk, scenario.memory)
    result.check("boot", why is None, "%s; see %s" % (why, log_of(scenario)))
    result.note("Linux %s, %s, pages of %s, %d seconds" % (
        console.facts.get("kernel"), scenario.cpu,
        console.facts.get("page"), time.time() - begin))
    if boots > 1:
        result.note("the kernel was booted %d times, see README.md" % boots)
    scenario.judge(result, console, disk)


def run_emulated(scenario, folder, result):
    console = guest.Console("")
    console.runs = emulated.run_all(guest.CPUS[scenario.cpu], folder,
                                    log_of(scenario))
    scenario.judge(result, console, None)


def run_scenario(scenario, folder):
    """What cannot be had here is one skip."""
    result = verdict.Verdict(scenario.name, scenario.must)
    try:
        if isinstance(folder, Exception):
            raise folder
        if scenario.script is None:
            run_emulated(scenario, folder, result)
        else:
            run_guest(scenario, folder, result)
    except packages.Unavailable as reason:
        result.must = ()
        result.say("skip", "boot", str(reason))
    except BuildFailed as reason:
        result.say("not ok", "build", "see %s" % reason)
    return result


def build_all(chosen):
    """CPU: the folder of its build, or why there is none."""
    folders = {}
    for cpu in sorted({scenario.cpu for scenario in chosen}):
        whole = any(scenario.script is not None for scenario in chosen
                    if scenario.cpu == cpu)
        try:
            folders[cpu] = build(cpu, ["lab"] if whole else emulated.PROGRAMS)
        except (packages.Unavailable, BuildFailed) as reason:
            folders[cpu] = reason
    return folders


def main(words):
    if words == ["--list"]:
        for scenario in scenarios.SCENARIOS:
            print(scenario.name, "(quick)" if scenario.quick else "")
        return 0
    names = [word for word in words if not word.startswith("-")]
    known = [scenario.name for scenario in scenarios.SCENARIOS]
    if not set(names) <= set(known) or not set(words) <= {"--quick", *known}:
        print(__doc__, file=sys.stderr)
        return 2
    chosen = [scenario for scenario in scenarios.SCENARIOS
              if scenario.name in names or not names and
              (scenario.quick or "--quick" not in words)]
    os.makedirs(os.path.join(LAB, "logs"), exist_ok=True)
    folders = build_all(chosen)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for result in pool.map(
                lambda scenario: run_scenario(scenario,
                                              folders[scenario.cpu]), chosen):
            print(result.text(), flush=True)
            failed += result.counts["not ok"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
