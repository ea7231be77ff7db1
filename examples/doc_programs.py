# SPDX-License-Identifier: MIT
"""Tries what stands in documents: programs, scripts, units, commands.

Of programs what a user's compiler is asked for: plain C11, the public headers
and strict warnings. Library and tool are the ones that were built.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

WARNINGS = ("-Wall -Wextra -Wpedantic -Wshadow -Wconversion "
            "-Werror").split()
OF_C = ["-std=c11", "-Wstrict-prototypes", "-xc"]
OF_CXX = ["-std=c++17", "-xc++"]
SECONDS = 60


def add_arguments(parser):
    parser.add_argument("--cc", help="the compiler")
    parser.add_argument("--library", dest="shared", type=pathlib.Path,
                        help="the shared library that was built")
    parser.add_argument("--openssl", type=pathlib.Path,
                        help="the one for OpenSSL, if it was")
    parser.add_argument("--tool", type=pathlib.Path, help="the built memward")
    parser.add_argument("--sanitize", default="", help="as -fsanitize= wants")
    parser.add_argument("--policy", help="MEMWARD_POLICY for what is run")


class Programs:
    """A folder in which programs are built; use it in a `with`."""

    def __init__(self, root, options):
        self.root = root
        self.options = options

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *why):
        self.folder.cleanup()

    def can_run(self):
        return bool(self.options.cc and self.options.shared)

    def environment(self):
        changed = dict(os.environ)
        if self.options.tool:
            changed["PATH"] = f"{self.options.tool.resolve().parent}:{changed['PATH']}"
        if self.options.policy:
            changed["MEMWARD_POLICY"] = self.options.policy
        return changed

    def has_header(self, compiler, name):
        ran = run(["sh", "-c", 'echo "#include <$2>" | "$1" -E -xc - ',
                   "sh", compiler, name], self.folder.name)
        return ran is not None and ran.returncode == 0

    def try_script(self, text):
        """Why these lines of shell, with the tool, do not work, or None."""
        if self.options.tool is None:
            return "skip", "no tool was given"
        ran = run(["sh", "-euc", text], self.folder.name, self.environment())
        if ran is None or ran.returncode != 0:
            return "it fails:\n" + said(ran)
        return None

    def try_program(self, text):
        """Why the program of this text does not work, or None."""
        if not self.can_run():
            return "skip", "no compiler or library was given"
        source = pathlib.Path(self.folder.name, "program")
        binary = pathlib.Path(self.folder.name, "built")
        source.write_text(text, encoding="utf-8")
        compiler, language = self.options.cc, OF_C
        libraries = [self.options.shared.resolve()]
        if "<memward.hpp>" in text:
            compiler = "clang++" if "clang" in compiler else "c++"
            language = OF_CXX
            if shutil.which(compiler) is None:
                return "skip", f"there is no {compiler}"
        if "<memward/openssl.h>" in text:
            if self.options.openssl is None:
                return "skip", "this memward was built without its OpenSSL"
            libraries.append(self.options.openssl.resolve())
        others = []
        if "<openssl/" in text:
            others.append("-lcrypto")
            if not self.has_header(compiler, "openssl/crypto.h"):
                return "skip", "the headers of OpenSSL are not here"
        command = [compiler, *WARNINGS, f"-I{self.root}/include", *language,
                   str(source), "-xnone", "-o", str(binary),
                   *(f"-Wl,-rpath,{file.parent}" for file in libraries),
                   *map(str, libraries), *others]
        if self.options.sanitize:
            command.insert(1, f"-fsanitize={self.options.sanitize}")
        built = run(command, self.folder.name)
        if built is None or built.returncode != 0:
            return "it does not compile:\n" + said(built)
        if not may_lock():
            return "skip", "compiled, not run: 64 KiB cannot be locked here"
        ran = run([str(binary)], self.folder.name, self.environment())
        if ran is None or ran.returncode != 0:
            code = "no end" if ran is None else ran.returncode
            return f"it answers {code}:\n" + said(ran)
        return None


def may_lock():
    """Whether the programs can lock as much as most systems allow."""
    try:
        import resource
    except ImportError:
        return True
    limit = getattr(resource, "RLIMIT_MEMLOCK", None)
    if limit is None or os.geteuid() == 0:
        return True
    most = resource.getrlimit(limit)[0]
    return most == resource.RLIM_INFINITY or most >= 64 * 1024


def run(command, folder, environment=None):
    """In a session of its own: nothing here asks at a terminal."""
    try:
        return subprocess.run(command, cwd=folder, env=environment,
                              stdin=subprocess.DEVNULL,
                              start_new_session=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS,
                              check=False)
    except subprocess.TimeoutExpired:
        return None


def said(ran):
    if ran is None:
        return f"not within {SECONDS} seconds"
    return ran.stdout.decode("utf-8", "replace")[-2000:]


def check_unit(text, folder):
    """Why systemd would complain of this unit file, or None."""
    if shutil.which("systemd-analyze") is None:
        return "skip", "no systemd-analyze to read a unit"
    # The program of an example is not installed.
    text = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.M)
    file = pathlib.Path(folder, "example.service")
    file.write_text(text, encoding="utf-8")
    ran = run(["systemd-analyze", "--man=no", "verify", str(file)], folder)
    text = said(ran)
    if ran is None or ran.returncode != 0 or file.name in text:
        return f"systemd complains of it:\n{text}"
    return None


def check_yaml(text):
    try:
        import yaml
    except ImportError:
        return "skip", "no yaml module for Python to read it"
    try:
        return None if list(yaml.safe_load_all(text)) else "it is empty"
    except yaml.YAMLError as error:
        return f"it is no YAML: {error}"


def check_commands(text, manual):
    """What `memward COMMAND --option` names and the manual lacks."""
    bad = []
    for command, rest in re.findall(r"\bmemward ([a-z]+)\b([^\n|;]*)", text):
        page = manual.get(f"memward-{command}.1")
        if page is None:
            bad.append(command)
            continue
        bad += [f"{command} {option}"
                for option in re.findall(r"(?<= )--[a-z][a-z-]*",
                                         rest.split(" -- ")[0])
                if f".It Fl {option[1:]}" not in page]
    return f"the tool has no {', '.join(bad)}" if bad else None
