# SPDX-License-Identifier: MIT
"""A machine under QEMU: what it is made of, its run, what it said."""
import gzip
import lzma
import os
import re
import shutil
import stat
import subprocess

from packages import Unavailable

BOOTS = 3

HERE = os.path.dirname(os.path.abspath(__file__))

# What a disk needs, in the order in which it must be loaded.
DISK_MODULES = ("virtio_ring", "virtio", "virtio_pci_legacy_dev",
                "virtio_pci_modern_dev", "virtio_pci", "virtio_blk")

PASSWD = b"root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"
GROUP = b"root:x:0:\nnogroup:x:65534:\n"


class Cpu:
    """How one kind of processor is emulated, and what Debian calls it."""

    def __init__(self, target, user, debian=None, qemu=None, machine=(),
                 console=None):
        self.target, self.user = target, user  # zig's name; one program's
        self.debian, self.qemu, self.machine = debian, qemu, machine
        self.console = console


CPUS = {
    "x86_64": Cpu("x86_64-linux-musl", "qemu-x86_64-static", "amd64",
                  "qemu-system-x86_64", ["-cpu", "max"], "ttyS0"),
    "aarch64": Cpu("aarch64-linux-musl", "qemu-aarch64-static", "arm64",
                   "qemu-system-aarch64",
                   ["-M", "virt", "-cpu", "max,pauth-impdef=on"], "ttyAMA0"),
    "ppc64le": Cpu("powerpc64le-linux-musl", "qemu-ppc64le-static", "ppc64el",
                   "qemu-system-ppc64", ["-M", "pseries", "-cpu", "power9"],
                   "hvc0"),
    "s390x": Cpu("s390x-linux-musl", "qemu-s390x-static", "s390x",
                 "qemu-system-s390x", ["-M", "s390-ccw-virtio"], "ttysclp0"),
    "armv7l": Cpu("arm-linux-musleabihf", "qemu-arm-static", "armhf",
                  "qemu-system-arm", ["-M", "virt", "-cpu", "cortex-a15"],
                  "ttyAMA0"),
    # Every x86-64 kernel with the usual support runs it without an emulator.
    "i686": Cpu("x86-linux-musl", None),
    "riscv64": Cpu("riscv64-linux-musl", "qemu-riscv64-static"),
}


class Archive:
    """An initramfs: cpio(5), the form "newc", compressed."""

    def __init__(self, path):
        self.file = gzip.open(path, "wb", compresslevel=1)
        self.count = 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.count += 1
        name = name.encode("ascii") + b"\0"
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device,
                  len(name), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields)
        self.file.write(self.padded(head + name) + self.padded(data))

    @staticmethod
    def padded(data):
        return data + b"\0" * (-len(data) % 4)

    def folder(self, name, mode=0o755):
        self.add(name, stat.S_IFDIR | mode)

    def program(self, name, path):
        with open(path, "rb") as file:
            self.add(name, stat.S_IFREG | 0o755, file.read())

    def close(self):
        self.add("TRAILER!!!", 0)
        self.file.close()


def module_text(path):
    opened = lzma.open(path) if path.endswith(".xz") else open(path, "rb")
    with opened as file:
        return file.read()


def write_initramfs(path, kernel, suites, tools):
    """Programs, all static; the guest finds the names of suites in a list."""
    archive = Archive(path)
    for name in ("bin", "lab", "dev", "proc", "sys", "etc", "modules"):
        archive.folder(name)
    archive.folder("tmp", 0o1777)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("etc/passwd", stat.S_IFREG | 0o644, PASSWD)
    archive.add("etc/group", stat.S_IFREG | 0o644, GROUP)
    archive.program("bin/busybox", kernel.busybox)
    for name in sorted(os.listdir(os.path.join(HERE, "guest"))):
        target = name if name == "init" else "lab/" + name
        archive.program(target, os.path.join(HERE, "guest", name))
    for file in suites + tools:
        archive.program("lab/" + os.path.basename(file), file)
    names = [os.path.basename(file) for file in suites]
    archive.add("lab/suites", stat.S_IFREG | 0o644,
                ("\n".join(names) + "\n").encode("ascii"))
    for number, name in enumerate(DISK_MODULES):
        found = kernel.module(name)
        if found is not None:
            archive.add("modules/%d-%s.ko" % (number, name),
                        stat.S_IFREG | 0o644, module_text(found))
    archive.close()


class Run:
    """One program that ran in the guest: who ran it, what it said."""

    def __init__(self, who, program):
        self.who, self.program = who, program
        self.lines = []
        self.status = None  # None: the guest ended before the program did
        self.seconds = 0


class Console:
    """What the guest said, in order."""

    def __init__(self, text):
        self.runs = []
        self.facts = {}
        self.done = False
        run = None
        for line in text.replace("\r", "").splitlines():
            words = line.split(" ")
            if not line.startswith("@lab "):
                if run is not None:
                    run.lines.append(line)
            elif words[1] == "run":
                run = Run(words[2], words[3])
                self.runs.append(run)
            elif words[1] == "end" and run is not None:
                run.status = int(words[2])
                run.seconds = int(words[3])
                run = None
            elif words[1] == "done":
                self.done = True
            else:
                self.facts[words[1]] = " ".join(words[2:])

    def rows(self, program="lab_secrets"):
        """KIND: "here", or the error for which it is lacking."""
        found = {}
        for run in self.runs:
            if run.program != program:
                continue
            for line in run.lines:
                match = re.match(r"row (\S+) (here|lacking (\S+))$", line)
                if match:
                    found[match[1]] = match[3] or "here"
        return found


def qemu_command(cpu, kernel, initramfs, append, disk, memory):
    command = [cpu.qemu, "-accel", "tcg,thread=multi", *cpu.machine,
               "-smp", "2", "-m", str(memory), "-nodefaults", "-no-reboot",
               "-display", "none", "-monitor", "none", "-serial", "stdio",
               "-kernel", kernel.image, "-initrd", initramfs, "-append",
               "console=%s quiet panic=-1 %s" % (cpu.console, append)]
    if disk is not None:
        command += ["-drive", "file=%s,if=none,id=disk,format=raw" % disk,
                    "-device", "virtio-blk-pci,drive=disk"]
    return command


def console_of(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        return Console(file.read())


def wait_for(process, log, timeout):
    """Why the guest did not end by itself, or None."""
    # A kernel that hangs in its boot is not waited for to the end.
    patience = timeout // 3
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        if not console_of(log).facts:
            return "the kernel did not start in %d seconds" % patience
    try:
        if process.wait(timeout - patience) != 0:
            return "QEMU ended with status %d" % process.returncode
    except subprocess.TimeoutExpired:
        return "the guest hung: ended after %d seconds" % timeout
    return None


def boot_once(command, log, timeout):
    with open(log, "wb") as file:
        file.write(("# " + " ".join(command) + "\n").encode())
        file.flush()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=file, stderr=subprocess.STDOUT)
        try:
            why = wait_for(process, log, timeout)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    console = console_of(log)
    if why is None and not console.done:
        why = "the guest ended before its work was done"
    return console, why


def boot(cpu, kernel, initramfs, append, log, timeout, disk=None,
         memory=512):
    """Runs the guest to its end. Returns its Console, why it is not whole,
    and how often the kernel had to be booted.

    With two emulated processors a kernel now and then dies while it patches
    its own code, before any program runs: nothing of ours was tried then.
    """
    if shutil.which(cpu.qemu) is None:
        raise Unavailable("%s is not installed" % cpu.qemu)
    command = qemu_command(cpu, kernel, initramfs, append, disk, memory)
    for count in range(1, BOOTS + 1):
        console, why = boot_once(command, log, timeout)
        if console.facts:
            break
    return console, why, count
