# SPDX-License-Identifier: MIT
"""Cases of memward doctor."""

import json
import mmap
import os
import re
import resource
import shutil

from cases import Skip, case, check, check_equal, hidden_file, run
from subject import (FILTERED, FOLDER, LINUX, NOBODY, ROOT, SANITIZED, TOOL,
                     file_of)

SECTIONS = ["pages", "wards", "limits", "place", "kernel", "disk", "readers"]
KEYS = ["name", "section", "state", "value", "remedy", "paste"]


def facts_of(text):
    report = json.loads(text)
    check_equal(list(report), ["memward", "system", "page_size", "facts"],
                "keys")
    check_equal(report["page_size"], resource.getpagesize(), "page size")
    for fact in report["facts"]:
        check_equal(list(fact), KEYS, "keys")
        check(fact["state"] in ("fine", "short", "note", "unseen"), "state")
        check(fact["section"] in SECTIONS, "section")
        check(fact["value"], "a fact without a value")
        check(fact["state"] != "short" or fact["remedy"],
              f"{fact['name']} falls short and has no remedy")
        check(set(fact["paste"]) <= {"shell", "systemd", "docker",
                                     "kubernetes"}, fact["paste"])
    return {fact["name"]: fact for fact in report["facts"]}


def doctor_facts(prefix=(), **more):
    ran = run([*prefix, TOOL, "doctor", "--json"], **more)
    if prefix and ran.code == 77:
        raise Skip(f"no filter to be had: {ran.complaint.strip()}")
    check_equal(ran.code, 0, ran.complaint)
    check_equal(ran.err, b"", "standard error")
    return facts_of(ran.text)


def check_table(**more):
    text = run([TOOL, "doctor"], **more).text
    check("\033" not in text, "escape codes in a pipe")
    for line in text.splitlines():
        check(len(line) <= 100, f"more than 100 columns: {line}")
    return text


@case
def doctor_reports():
    facts = doctor_facts()
    for name in ("lock", "no_dump", "fork_omit", "fork_wipe", "core limit"):
        check(name in facts, f"nothing about {name}")
    if LINUX:
        for name in ("lock limit", "capabilities", "user namespace",
                     "max_map_count", "container", "systemd unit",
                     "page size", "seccomp", "system calls", "guard regions",
                     "hidden memory", "mseal", "protection keys",
                     "membarrier", "wipe on fork", "CPU keys", "swap",
                     "hibernation", "hidden in use", "core handler",
                     "dumpable", "ptrace scope", "page merging"):
            check(name in facts, f"nothing about {name}")
    sealing = facts["sealing"]
    ciphers = ("aegis-256", "xchacha20-poly1305")
    check(sealing["value"].endswith(ciphers)
          if sealing["state"] == "fine"
          else "without libsodium" in sealing["value"], sealing)
    check_table()


@case
def doctor_under_small_lock_limits():
    if not LINUX:
        raise Skip("tried on Linux only")
    user = NOBODY if ROOT else None
    for kib in (0, 64):
        size = kib * 1024
        limits = [("RLIMIT_MEMLOCK", size, size)]
        facts = doctor_facts(user=user, limits=limits)
        limit = facts["lock limit"]
        check_equal(limit["state"], "short", f"lock limit of {kib} KiB")
        for where, line in (("shell", "prlimit"),
                            ("systemd", "LimitMEMLOCK=8M"),
                            ("docker", "--ulimit memlock="),
                            ("kubernetes", "IPC_LOCK")):
            check(line in limit["paste"][where], limit)
        for where, line in (("shell", "setcap cap_ipc_lock"),
                            ("systemd", "AmbientCapabilities=")):
            check(line in facts["capabilities"]["paste"][where], where)
        check_equal(facts["lock"]["state"], "fine" if kib else "short",
                    f"lock under {kib} KiB")
        # A limit is not a filter.
        check("call mlock" not in facts, "a limit taken for a filter")
        text = check_table(user=user, limits=limits)
        check("          systemd     LimitMEMLOCK=8M\n" in text, "paste")


@case
def doctor_offers_what_the_hard_limit_allows():
    if not LINUX:
        raise Skip("tried on Linux only")
    most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    if most != resource.RLIM_INFINITY and most < 8 << 20:
        raise Skip("the hard limit is smaller than 8 MiB")
    facts = doctor_facts(user=NOBODY if ROOT else None,
                         limits=[("RLIMIT_MEMLOCK", 65536, 8 << 20)])
    check_equal(facts["lock limit"]["paste"]["shell"], "ulimit -l 8192",
                "the line for a shell")


def check_preset(facts, name, state, *words):
    fact = facts[f"{name} ward"]
    check_equal(fact["state"], state, name)
    for word in words:
        check(word in fact["value"] + fact["remedy"] +
              "".join(fact["paste"].values()), f"{fact}: no {word!r}")


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


def filtered(action, names):
    if FILTERED == "none":
        raise Skip("filters are Linux's")
    if SANITIZED:
        raise Skip("sanitizers themselves make these calls")
    own = shutil.copy(FILTERED, os.path.join(FOLDER, "filtered"))
    os.chmod(own, 0o755)
    return [own, action, names]


@case
def doctor_under_a_filter_that_refuses():
    facts = doctor_facts(filtered("refuse", "mlock,membarrier"))
    check_equal(facts["seccomp"]["state"], "note", "seccomp")
    for name in ("mlock", "membarrier"):
        fact = facts[f"call {name}"]
        check_equal(fact["state"], "short", name)
        check("refused: Operation not permitted" in fact["value"], fact)
        check_equal(fact["paste"]["systemd"], f"SystemCallFilter={name}",
                    "the line for systemd")
    check("12 of the 14" in facts["system calls"]["value"],
          facts["system calls"])
    check_preset(facts, "server", "short", "locked")


@case
def doctor_under_a_filter_that_kills():
    """Only its children make the calls that would kill it."""
    for name in ("madvise", "prctl"):
        facts = doctor_facts(filtered("kill", name))
        check("killed" in facts[f"call {name}"]["value"], name)
        check_equal(facts["every ward"]["state"], "short", "wards")
        check_equal(facts["everything here"]["state"], "unseen", "pages")
        check("13 of the 14" in facts["system calls"]["value"],
              facts["system calls"])


def in_namespace(script, *arguments, flags="-m"):
    """Runs the tool behind a script in a namespace of its own."""
    if not LINUX or shutil.which("unshare") is None:
        raise Skip("needs Linux and unshare(1)")
    if not ROOT and "r" not in flags:
        flags += "r"
    if SANITIZED:
        raise Skip("sanitizers themselves need /proc")
    script += ' && exec "$@"'
    test = run(["unshare", flags, "sh", "-c", script, "sh", "true"])
    if test.code != 0:
        raise Skip(f"no such namespace: {test.complaint.strip()}")
    ran = run(["unshare", flags, "sh", "-c", script, "sh", TOOL, *arguments])
    check_equal(ran.code, 0, ran.complaint)
    return ran.text


def without_proc(*arguments):
    """Where /proc is an empty folder."""
    return json.loads(in_namespace("mount -t tmpfs none /proc", *arguments))


@case
def doctor_without_proc():
    facts = facts_of(in_namespace("mount -t tmpfs none /proc", "doctor",
                                  "--json"))
    unseen = {f["name"] for f in facts.values() if f["state"] == "unseen"}
    check({"core handler", "swap", "max_map_count", "capabilities",
           "user namespace", "group's memory", "hidden in use",
           "CPU keys"} <= unseen, f"unseen: {unseen}")
    check_equal(facts["seccomp"]["state"], "fine", "asked by prctl(2)")
    for name in unseen:
        check("/proc" in facts[name]["value"] or name in
              ("hibernation", "group's memory", "page merging"), facts[name])


@case
def doctor_without_sys():
    facts = facts_of(in_namespace("mount -t tmpfs none /sys", "doctor",
                                  "--json"))
    for name in ("hibernation", "page merging"):
        check_equal(facts[name]["state"], "unseen", name)
        check("/sys/" in facts[name]["value"], facts[name])


@case
def doctor_in_a_user_namespace():
    facts = facts_of(in_namespace("true", "doctor", "--json", flags="-Ur"))
    check_equal(facts["user namespace"]["state"], "note", "user namespace")
    check("does not count" in facts["capabilities"]["value"], "capabilities")


def faked(files, script="true"):
    """What doctor says where these files of /proc have this content."""
    mounts = [script]
    for number, (path, content) in enumerate(files.items()):
        own = file_of(f"fake-{number}", content.encode())
        mounts.append(f"mount --bind '{own}' {path}")
    return facts_of(in_namespace(" && ".join(mounts), "doctor", "--json"))


def tree_of_groups(files):
    """A tree of version 2, in which the tool's group is app.service/inner."""
    top = os.path.join(FOLDER, "groups")
    inner = os.path.join(top, "app.service", "inner")
    os.makedirs(inner, exist_ok=True)
    for name, content in files.items():
        with open(os.path.join(top, name), "w", encoding="ascii") as file:
            file.write(content)
    return {
        "/proc/$$/cgroup": "0::/app.service/inner\n",
        "/proc/$$/mountinfo":
            f"1 1 0:1 / {top} rw - cgroup2 cgroup2 rw\n",
    }


@case
def doctor_reads_limits_of_a_control_group():
    """The smallest of a group and those above it holds."""
    facts = faked(tree_of_groups({
        "app.service/memory.max": "67108864\n",
        "app.service/inner/memory.max": "max\n",
        "app.service/memory.swap.max": "max\n",
        "app.service/inner/memory.swap.max": "0\n",
    }))
    check(facts["group's memory"]["value"].startswith("64 MiB (version 2"),
          facts["group's memory"])
    check_equal(facts["group's swap"]["state"], "fine", "swap of 0")
    check("app.service; " in facts["systemd unit"]["value"],
          facts["systemd unit"])
    check("systemctl edit app.service" in
          facts["systemd unit"]["paste"]["shell"], "the unit's name")
    facts = faked(tree_of_groups({
        "app.service/inner/memory.swap.max": "1048576\n"}))
    check_equal(facts["group's swap"]["paste"]["systemd"],
                "MemorySwapMax=0", "the line for systemd")


@case
def doctor_sees_hidden_memory_in_use():
    if not LINUX or resource.getpagesize() != 4096:
        raise Skip("tried on Linux with pages of 4 KiB only")
    number = hidden_file()
    os.ftruncate(number, 4096)
    with mmap.mmap(number, 4096):
        fact = doctor_facts()["hidden in use"]
        check(re.match("by [1-9][0-9]* of ", fact["value"]), fact)
        check("will not hibernate" in fact["value"], fact)
    os.close(number)


@case
def doctor_knows_what_lies_below_swap():
    """A device of dm-crypt, one that lies upon such a one, a plain one."""
    script = ("mount -t tmpfs none /sys/class/block && cd /sys/class/block && "
              "mkdir -p mw-crypt/dm mw-upon/slaves mw-plain/slaves && "
              "ln -s ../../mw-crypt mw-upon/slaves/mw-crypt && "
              "echo CRYPT-LUKS2-0 > mw-crypt/dm/uuid && cd /")
    for name, state, words in (("mw-crypt", "fine", "encrypted by dm-crypt"),
                               ("mw-upon", "fine", "encrypted by dm-crypt"),
                               ("mw-plain", "note", "NOT encrypted"),
                               ("mw-gone", "note", "not to be seen")):
        fact = faked({"/proc/swaps": "Filename\n"
                      f"/dev/mapper/{name} partition 9 0 1\n"},
                     script)["swap"]
        check_equal(fact["state"], state, name)
        check(words in fact["value"], fact)


@case
def doctor_knows_whether_it_can_hibernate():
    script = ("mount -t tmpfs none /sys/power && "
              "echo freeze mem disk > /sys/power/state && "
              "echo '{}' > /sys/power/disk")
    for how, state, words in (("[platform] shutdown", "note", "possible"),
                              ("[disabled]", "fine", "does not offer it")):
        fact = faked({}, script.format(how))["hibernation"]
        check_equal(fact["state"], state, how)
        check(words in fact["value"], fact)


@case
def doctor_knows_containers():
    for path in ("/docker/0123", "/kubepods.slice/pod1", "/machine/libpod-1"):
        facts = faked({"/proc/$$/cgroup": f"0::{path}\n"})
        check("control group" in facts["container"]["value"], path)


@case
def doctor_reads_swap_and_core_handler():
    facts = faked({
        "/proc/swaps": "Filename Type Size Used Priority\n"
                       f"{os.path.join(FOLDER, 'memward')} file 9 0 -2\n",
        "/proc/sys/kernel/core_pattern": "|/usr/bin/handler %P\n",
        "/proc/sys/vm/max_map_count": "1000\n",
    }, "ulimit -c unlimited")
    swap = facts["swap"]
    check(swap["state"] == "note" and "a file" in swap["value"], swap)
    check("swapoff" in swap["paste"]["shell"], swap)
    core = facts["core handler"]
    check("a program" in core["value"] and "would receive private memory" in
          core["value"], core)
    check_equal(core["paste"]["shell"], "ulimit -c 1", "stops a pipe")
    check_equal(facts["max_map_count"]["state"], "short", "mappings")
    facts = faked({"/proc/sys/kernel/core_pattern": "@/run/handler\n"})
    check("no limit stops a socket" in facts["core handler"]["remedy"],
          facts["core handler"])
    facts = faked({"/proc/swaps": "Filename\n/dev/zram9 partition 9 0 1\n"})
    check("not on a disk" in facts["swap"]["value"], facts["swap"])
