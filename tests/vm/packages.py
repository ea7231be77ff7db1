# SPDX-License-Identifier: MIT
"""Debian packages for the laboratory: downloaded, unpacked, never installed.

apt gets a root of its own under build/lab/apt, so that any user may use it,
for every processor and suite, whatever the machine itself has.
"""
import os
import re
import shutil
import subprocess
import threading

MIRROR = os.environ.get("LAB_MIRROR", "http://deb.debian.org/debian")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Unavailable(Exception):
    """What cannot be had on this machine, and why."""


def run(command, what, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          errors="replace", **more)
    if done.returncode != 0:
        last = done.stdout.strip().splitlines() or ["no output"]
        raise Unavailable("%s failed: %s" % (what, last[-1]))
    return done.stdout


class Apt:
    """One suite of Debian for one processor."""

    def __init__(self, lab, suite, arch):
        self.suite, self.arch = suite, arch
        self.folder = os.path.join(lab, "apt", "%s-%s" % (suite, arch))
        self.packages = os.path.join(lab, "packages")
        self.updated = False

    def options(self):
        settings = {
            "Dir::Etc::sourcelist": self.folder + "/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::Lists": self.folder + "/lists",
            "Dir::State::status": self.folder + "/status",
            "Dir::Cache": self.folder + "/cache",
            "APT::Architecture": self.arch,
            "APT::Architectures": self.arch,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        }
        return [word for name, value in settings.items()
                for word in ("-o", "%s=%s" % (name, value))]

    def update(self):
        if self.updated:
            return
        for tool in ("apt-get", "apt-cache", "dpkg-deb"):
            if shutil.which(tool) is None:
                raise Unavailable("%s is not installed" % tool)
        if not os.path.exists(KEYRING):
            raise Unavailable("Debian's keys are not here: %s" % KEYRING)
        os.makedirs(self.folder + "/lists/partial", exist_ok=True)
        os.makedirs(self.folder + "/cache/archives/partial", exist_ok=True)
        open(self.folder + "/status", "a", encoding="ascii").close()
        with open(self.folder + "/sources.list", "w",
                  encoding="ascii") as file:
            file.write("deb [signed-by=%s] %s %s main\n" %
                       (KEYRING, MIRROR, self.suite))
        run(["apt-get", "-q", *self.options(), "update"],
            "apt-get update for %s" % self.suite, timeout=300)
        self.updated = True

    def dependencies(self, package):
        """Names of packages that the newest version of this one needs."""
        shown = run(["apt-cache", *self.options(), "show",
                     "--no-all-versions", package],
                    "apt-cache show %s" % package)
        line = re.search(r"^Depends: (.*)$", shown, re.M)
        return re.findall(r"[a-z0-9][a-z0-9.+-]+", line[1]) if line else []

    def parts(self, package, pattern):
        """The package, and what it needs that the pattern matches."""
        found, left = [], [package]
        while left:
            name = left.pop()
            if name not in found:
                found.append(name)
                left += [need for need in self.dependencies(name)
                         if re.match(pattern, need)]
        return found

    def unpack(self, package, pattern="$."):
        """The folder with the package unpacked, and what it needs of it.

        What was unpacked before is used again, without asking anybody.
        """
        target = os.path.join(self.packages, "%s-%s-%s" % (
            package, self.suite, self.arch))
        if os.path.exists(target):
            return target
        self.update()
        work = target + ".part"
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work + "/root")
        names = self.parts(package, pattern)
        run(["apt-get", "-q", *self.options(), "download", *names],
            "apt-get download %s" % package, cwd=work, timeout=600)
        for name in os.listdir(work):
            if name.endswith(".deb"):
                run(["dpkg-deb", "-x", name, "root"], "unpacking " + name,
                    cwd=work)
        os.rename(work + "/root", target)
        shutil.rmtree(work)
        return target


def find(folder, pattern):
    """The first file below the folder whose path there matches, or None."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(place, name)
            if re.search(pattern, path[len(folder):]):
                return path
    return None


# apt lets one of its kind into a folder; scenarios run side by side.
FETCHING = threading.Lock()


class Kernel:
    """A kernel of Debian's, with its modules and its command shell."""

    def __init__(self, lab, suite, arch, package):
        with FETCHING:
            self.fetch(lab, suite, arch, package)

    def fetch(self, lab, suite, arch, package):
        box = Apt(lab, "bookworm", arch)
        self.root = Apt(lab, suite, arch).unpack(
            package, r"linux-(image|binary|modules)-\d")
        self.busybox = find(box.unpack("busybox-static"), "/bin/busybox$")
        self.image = find(self.root, r"/vmlinu[xz](-[^/]*)?$")
        if self.image is None or self.busybox is None:
            raise Unavailable("%s has no kernel inside" % package)

    def module(self, name):
        """The file of a module, or None where it is built in."""
        return find(self.root, r"/%s\.ko(\.xz)?$" % name)
