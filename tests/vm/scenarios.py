# SPDX-License-Identifier: MIT
"""What the laboratory runs: a table, and how each kind of it is judged."""
import look
import verdict

# Tests about a feature that is certain in a guest must not skip there.
KEYS = r"keyed|protection key|\bpkey"
HIDDEN = r"hidden|memfd_secret"
GUARDS = r"guard region"
SEALED = r"mseal"
SWAP = r"\bswap"
# Wards can be so, and no such row may be lacking.
OF_WARDS = (KEYS, HIDDEN)
ALWAYS = (r"no_dump|fork_omit|fork_wipe|membarrier|smaps|yama",)

# These take longest, and the kernel makes the least difference to them.
SLOW = ("random_test", "wipe_all_test", "ward_limits_test",
        "threads_test", "wipe_test")
# Nor have the quick ones time for these, which the other kernels run.
SLOW_FOR_QUICK = (*SLOW, "thread_test", "seal_test", "seal_thread_test",
                  "limits_test", "ward_limits_hidden_test",
                  "input_residue_test", "output_test", "records_test")


class Scenario:
    """One boot of one kernel, and what must come of it.

    Without a script: programs for another processor on this very kernel.
    """

    def __init__(self, name, script, judge, package=None, suite="bookworm",
                 cpu="x86_64", append="", must=(), quick=False, disk=0,
                 memory=1024, timeout=900, leave=(), absent=()):
        self.name, self.script, self.judge = name, script, judge
        self.package, self.suite, self.cpu = package, suite, cpu
        self.append, self.must, self.quick = append, must, quick
        self.disk, self.memory, self.timeout = disk, memory, timeout
        self.leave = leave    # programs of the suite that do not run
        self.absent = absent  # features that the report must deny


def judge_suite(result, console, disk):
    del disk
    verdict.judge_runs(result, console)
    names = {run.program for run in console.runs}
    result.check("the_suite_ran", {"platform_specific_test", "ward_test"} <=
                 names, "only %s" % sorted(names))
    if "prove" not in names:
        result.say("skip", "prove", "the emulator of this processor fails "
                   "in it, see guest/suite.sh")


def judge_disk(result, console, disk, rows, begin=0, end=None):
    """rows: KIND: whether its pattern must be on the disk. What a kernel does
    not grant is skipped, unless the guest has it for certain."""
    here = console.rows()
    for kind, wanted in rows.items():
        state = here.get(kind, "no row of it")
        name = "%s_%s" % (kind, "is_found" if wanted else "is_not_found")
        if state != "here":
            result.say("skip", name, "the guest has no such pages: " + state)
            continue
        found = look.count(disk, kind, begin, end)
        result.note("%s: found %d times" % (kind, found))
        result.check(name, (found > 0) == wanted, "found %d times" % found)


WARDS = ("locked", "packed", "guarded", "packed-closed", "guarded-closed",
         "hidden", "hidden-guarded", "keyed", "keyed-guarded")


UNDUMPED = ("unlocked", *WARDS)


def judge_swap(result, console, disk):
    verdict.judge_runs(result, console)
    result.note("%s pages went to the disk; %s KiB of it are in use" % (
        console.facts.get("written"), console.facts.get("swapped")))
    judge_disk(result, console, disk, {
        "control": True, "unlocked": True, **dict.fromkeys(WARDS, False)})


def judge_core(result, console, disk):
    """What a file and a pipe received; each has 32 MiB of the disk."""
    received = {name: int(console.facts.get(name, "-1"))
                for name in ("core_file", "core_file_off", "core_pipe",
                             "core_pipe_limit_0", "core_pipe_off")}
    for number, (name, size) in enumerate(received.items()):
        result.note("%s: %d bytes received" % (name, size))
        if name.endswith("_off"):
            result.check(name + "_receives_nothing", size == 0,
                         "%d bytes" % size)
            continue
        result.check(name + "_receives_a_core", size > 0, "%d bytes" % size)
        for kind, wanted in (("control", True), *((kind, False)
                                                  for kind in UNDUMPED)):
            here = console.rows(name).get(kind, "no row of it")
            told = "%s_%s_%s" % (name, "holds" if wanted else "lacks", kind)
            if here != "here":
                result.say("skip", told, "no such pages: " + here)
                continue
            found = look.count(disk, kind, number * 32 << 20,
                               (number + 1) * 32 << 20)
            result.check(told, (found > 0) == wanted,
                         "found %d times" % found)


def judge_hibernation(result, console, disk):
    """A plain ward is in the image: nothing promises that it is not."""
    facts = console.facts
    hidden = console.rows("hidden").get("hidden", "no row of it")
    if hidden == "here":
        result.check("hibernation_is_offered", "disk" in
                     facts.get("states_before", ""), str(facts))
        result.check("with_hidden_pages_it_is_not", "disk" not in
                     facts.get("states_hidden", "disk"), str(facts))
        result.check("with_hidden_pages_it_is_refused", "not permitted" in
                     facts.get("refusal", "") and "slept" not in facts,
                     str(facts))
    else:
        result.say("skip", "with_hidden_pages_it_is_refused",
                   "no hidden pages: " + hidden)
    judge_disk(result, console, disk, {"control": True, "packed": True})


def judge_emulated(result, console, disk):
    del disk
    verdict.judge_runs(result, console)


CLOUD = "linux-image-cloud-amd64"

SCENARIOS = (
    Scenario("keys_hidden", "suite", judge_suite, CLOUD, quick=True,
             append="secretmem.enable=1", leave=SLOW_FOR_QUICK,
             must=(*ALWAYS, KEYS, HIDDEN)),
    Scenario("no_keys_no_hidden", "suite", judge_suite, CLOUD, quick=True,
             append="secretmem.enable=0 nopku", leave=SLOW_FOR_QUICK,
             must=ALWAYS),
    Scenario("swap", "swap", judge_swap, CLOUD, quick=True, disk=512,
             memory=256, append="secretmem.enable=1 lab_press=300",
             must=(SWAP, *OF_WARDS)),
    Scenario("newest", "suite", judge_suite, CLOUD, suite="sid",
             must=(*ALWAYS, KEYS, HIDDEN, GUARDS, SEALED)),
    Scenario("arm64", "suite", judge_suite, "linux-image-cloud-arm64",
             cpu="aarch64", append="secretmem.enable=1", timeout=1800,
             must=(*ALWAYS, HIDDEN)),
    Scenario("pages_of_64_kib", "suite", judge_suite,
             "linux-image-powerpc64le", cpu="ppc64le", timeout=1800,
             must=ALWAYS),
    Scenario("big_endian", "suite", judge_suite, "linux-image-s390x",
             cpu="s390x", timeout=1800, leave=SLOW, must=ALWAYS,
             append="secretmem.enable=1 lab_prove=no"),
    Scenario("armhf", "suite", judge_suite, "linux-image-armmp",
             cpu="armv7l", timeout=1800, leave=SLOW, must=ALWAYS),
    Scenario("cores", "core", judge_core, CLOUD, disk=256,
             append="secretmem.enable=1", must=OF_WARDS),
    Scenario("hibernation", "hibernate", judge_hibernation, CLOUD, disk=512,
             memory=256, must=OF_WARDS,
             append="secretmem.enable=1 hibernate=nocompress"),
    Scenario("user_arm64", None, judge_emulated, cpu="aarch64"),
    # Not armhf: for 32 bits this emulator holds the whole address space, so
    # that what is unmapped is there still. It is a machine of its own above.
    Scenario("user_i386", None, judge_emulated, cpu="i686"),
    Scenario("user_riscv64", None, judge_emulated, cpu="riscv64"),
    Scenario("user_ppc64el", None, judge_emulated, cpu="ppc64le"),
    Scenario("user_s390x", None, judge_emulated, cpu="s390x"),
)
