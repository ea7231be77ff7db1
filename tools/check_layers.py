#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the rules of the source tree that a compiler does not know.

check_layers.py              checks this tree
check_layers.py --self-test  shows for every rule that breaking it is noticed

Layers: public headers <- base, cpu <- mem_sys, cipher <- core. A file includes
what lies to its left and its own folder. Programs stand on the public headers.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINES_MAX = 500
CODE = (".c", ".h", ".cpp", ".hpp")
SCRIPTS = (".sh", ".py", ".cmake", "CMakeLists.txt", "Makefile")

C_HEADERS = set("""assert complex ctype errno fenv float inttypes iso646
    limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef
    stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar
    wctype""".split())

# For memward.hpp and what is written in its language.
CXX_HEADERS = set("""algorithm array chrono cstddef cstdint cstdio cstdlib
    cstring exception functional iosfwd iostream memory new optional ostream
    span stdexcept string string_view system_error thread type_traits utility
    vector""".split())

# No system's, and used only where it is there; see src/core/poison.h.
TOOL_HEADERS = {("src/core/poison.c", "valgrind/memcheck.h")}

OS_MACROS = set("""_WIN32 _WIN64 __CYGWIN__ __MINGW32__ __MINGW64__
    __linux__ __linux linux __gnu_linux__ __ANDROID__ __APPLE__ __MACH__
    __FreeBSD__ __NetBSD__ __OpenBSD__ __DragonFly__ __sun __sun__ __SVR4
    __svr4__ __illumos__ __unix__ __unix _AIX __HAIKU__""".split())

CPU_MACROS = set("""__x86_64__ __x86_64 __amd64__ __amd64 _M_X64 _M_AMD64
    __i386__ __i386 _M_IX86 __aarch64__ __arm64__ _M_ARM64 __arm__ _M_ARM
    __riscv __riscv_xlen __powerpc__ __powerpc64__ __ppc64__ __s390x__
    __mips__ __sparc__ __sparcv9 __loongarch__ __AVX__ __AVX2__ __SSE2__
    __PKU__""".split())

# Where the operating system may be seen.
OS_PLACES = ("src/mem_sys/", "cli/peek_", "tests/support_", "tests/deny/",
             "tests/model/", "tests/windows/")
CPU_PLACES = ("src/cpu/",)

# Folder: the folders of src it may include, besides its own and the public
# headers. "mem_sys/backend.h" and "mem_sys/store.h" are headers, not folders.
BELOW = {
    "include/": (),
    "src/base/": (),
    "src/cpu/": (),
    "src/mem_sys/": ("base/", "cpu/"),
    "src/cipher/": (),
    "src/core/": ("base/", "cpu/", "mem_sys/backend.h", "mem_sys/ends.h",
                  "mem_sys/input.h", "mem_sys/output.h", "mem_sys/store.h",
                  "cipher/cipher.h"),
    "shim/": (),
    "cli/": (),
    "examples/": (),
    "bench/": (),
}
# Below these, besides C's own headers, none of a system. The benchmark is
# Linux's: it reads the kernel's account and loads other libraries.
PORTABLE = ("include/", "src/base/", "src/core/", "src/cipher/", "shim/",
            "examples/", "cli/")
# But for the one library that memward may stand on, and what examples show.
SODIUM_PLACES = ("src/cipher/", "examples/")
OPENSSL_PLACES = ("examples/",)

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
WORD = re.compile(r"\b[A-Za-z_]\w*\b")
# Put together here, so that this file does not break its own rule.
MARKS = re.compile(r"\b(%s)\b" % "|".join(["TO" + "DO", "FIX" + "ME",
                                           "XX" + "X"]))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def list_files(root):
    """Every file that is or would be in the repository."""
    command = ["git", "-C", root, "ls-files", "--cached", "--others",
               "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False)
    if done.returncode == 0 and os.path.exists(os.path.join(root, ".git")):
        names = done.stdout.splitlines()
    else:
        names = []
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders if f not in ("build", ".git")]
            names += [os.path.relpath(os.path.join(folder, f), root)
                      for f in files]
    return sorted(set(n for n in names
                      if os.path.isfile(os.path.join(root, n))))


def code_without_comments(text):
    """Comments and strings become blanks; line numbers stay."""
    def blank(match):
        return "\n" * match.group(0).count("\n") or " "
    return COMMENT_OR_STRING.sub(blank, text)


def layer_of(path):
    for folder in BELOW:
        if path.startswith(folder):
            return folder
    return None


def include_fault(path, kind, name, root):
    """Why this line must not include that header, or None."""
    layer = layer_of(path)
    if layer is None or name.startswith("memward/") or \
            name in ("memward.h", "memward.hpp"):
        return None
    if kind == "<":
        if name[:-2] in C_HEADERS and name.endswith(".h"):
            return None
        if name in CXX_HEADERS and path.endswith((".cpp", ".hpp")):
            return None
        if (path, name) in TOOL_HEADERS:
            return None
        if name == "sodium.h" and layer in SODIUM_PLACES:
            return None
        if name.startswith("openssl/") and layer in OPENSSL_PLACES:
            return None
        if path.startswith(OS_PLACES) or not layer.startswith(PORTABLE):
            return None
        return "<%s> is a header of a system" % name
    # As the compiler searches: the file's own folder, then src/.
    found = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not name.startswith("..") and not os.path.exists(
            os.path.join(root, found)):
        found = "src/" + name
    if found.startswith(layer):
        return None
    if found.startswith("src/") and found[4:].startswith(BELOW[layer]):
        return None
    return '"%s" is not in a layer below %s' % (name, layer)


def check_includes(root, path):
    for number, line in enumerate(read(root, path).splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            fault = include_fault(path, match[1], match[2], root)
            if fault:
                yield number, fault


def find_words(root, path, words, places):
    if path.startswith(places):
        return
    text = code_without_comments(read(root, path))
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith("#") and "defined" not in line:
            # A macro only matters to the preprocessor; "linux" is a word.
            continue
        for word in WORD.findall(line):
            if word in words:
                yield number, "%s does not belong here" % word


def check_os_macros(root, path):
    return find_words(root, path, OS_MACROS, OS_PLACES)


def check_cpu_macros(root, path):
    return find_words(root, path, CPU_MACROS, CPU_PLACES)


def check_length(root, path):
    count = read(root, path).count("\n")
    if count >= LINES_MAX:
        yield count, "a file has fewer than %d lines" % LINES_MAX


def check_licence(root, path):
    first = read(root, path).splitlines()[:2]
    if path.endswith(CODE):
        first = first[:1]
    if not any("SPDX-License-Identifier: MIT" in line for line in first):
        yield 1, "the SPDX line is missing"


def check_marks(root, path):
    for number, line in enumerate(read(root, path).splitlines(), 1):
        if MARKS.search(line):
            yield number, "unfinished work belongs into an issue"


# Name of the rule, the files it is for, the function.
RULES = (
    ("includes", CODE, check_includes),
    ("os_macros", CODE, check_os_macros),
    ("cpu_macros", CODE, check_cpu_macros),
    ("length", CODE + SCRIPTS, check_length),
    ("licence", CODE + SCRIPTS, check_licence),
    ("marks", CODE + SCRIPTS + (".md", ".yml", ".json"), check_marks),
)


def check_tree(root):
    """Each rule's name with the list of its faults as text."""
    files = list_files(root)
    for name, endings, rule in RULES:
        chosen = [path for path in files if path.endswith(endings)]
        faults = ["%s:%d: %s" % (path, number, why)
                  for path in chosen for number, why in rule(root, path)]
        if not chosen:
            faults = ["no file was looked at"]
        yield name, faults


def report(results):
    passed = failed = 0
    for name, faults in results:
        if faults:
            failed += 1
            for fault in faults:
                print("not ok %s: %s" % (name, fault))
        else:
            passed += 1
            print("ok %s" % name)
    print("check_layers: %d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


SPDX = "/* SPDX-License-Identifier: MIT */\n"
# A tree without fault, and what must be noticed when put into it.
GOOD = {
    "include/memward/a.h": SPDX + "#include <stddef.h>\n",
    "include/memward.hpp": SPDX + "#include <vector>\n",
    "src/mem_sys/backend.h": SPDX,
    "src/mem_sys/posix.h": SPDX + "#include <sys/mman.h>\n",
    "src/mem_sys/unix.c": SPDX + '#include "posix.h"\n#ifdef __linux__\n',
    "src/core/a.c": SPDX + '#include "mem_sys/backend.h"\n/* __linux__ */\n',
    "src/cipher/cipher.h": SPDX,
    "src/cipher/a.c": SPDX + "#include <sodium.h>\n",
    "src/core/b.c": SPDX + '#include "cipher/cipher.h"\n',
    "src/cpu/a.c": SPDX + "#ifdef __x86_64__\n",
    "examples/a.c": SPDX + "#include <openssl/ssl.h>\n",
    "cli/peek_linux.c": SPDX + "#include <unistd.h>\n#ifdef __linux__\n",
    "cli/a.c": SPDX + '#include "memward/a.h"\nconst char *s = "_WIN32";\n',
}
BAD = (
    ("includes", "include/memward/b.h", SPDX + "#include <sys/mman.h>\n"),
    ("includes", "include/b.hpp", SPDX + "#include <unistd.h>\n"),
    ("includes", "include/b.h", SPDX + "#include <vector>\n"),
    ("includes", "src/base/b.c", SPDX + '#include "mem_sys/backend.h"\n'),
    ("includes", "src/base/b.c", SPDX + '#include "../core/a.h"\n'),
    ("includes", "src/mem_sys/b.c", SPDX + '#include "core/pages.h"\n'),
    ("includes", "src/core/b.c", SPDX + '#include "mem_sys/posix.h"\n'),
    ("includes", "src/core/b.c", SPDX + "#  include <unistd.h>\n"),
    ("includes", "src/core/b.c", SPDX + "#include <sodium.h>\n"),
    ("includes", "src/core/b.c", SPDX + "#include <openssl/evp.h>\n"),
    ("includes", "src/cipher/b.c", SPDX + "#include <unistd.h>\n"),
    ("includes", "shim/b.c", SPDX + "#include <openssl/crypto.h>\n"),
    ("includes", "src/cipher/b.c", SPDX + '#include "mem_sys/store.h"\n'),
    ("includes", "cli/b.c", SPDX + '#include "../src/mem_sys/backend.h"\n'),
    ("includes", "examples/b.c", SPDX + '#include "base/sizes.h"\n'),
    ("os_macros", "src/core/b.c", SPDX + "#if defined(_WIN32)\n"),
    ("os_macros", "cli/b.c", SPDX + "#if X || \\\n  defined(__sun)\n"),
    ("os_macros", "include/memward/b.h", SPDX + "#ifdef __APPLE__\n"),
    ("os_macros", "include/b.hpp", SPDX + "#ifdef _WIN32\n"),
    ("cpu_macros", "src/mem_sys/b.c", SPDX + "#ifdef __aarch64__\n"),
    ("length", "src/base/b.c", SPDX + "\n" * LINES_MAX),
    ("licence", "src/base/b.c", "int a;\n" + SPDX),
    ("licence", "tools/b.sh", "#!/bin/sh\n:\n:\n"),
    ("marks", "src/base/b.c", SPDX + "/* TO" + "DO: later */\n"),
)


def write_tree(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def faults_with(extra):
    """The rules that a tree with these files in it breaks."""
    with tempfile.TemporaryDirectory() as root:
        write_tree(root, {**GOOD, **extra})
        return [name for name, faults in check_tree(root) if faults]


def self_test():
    broken = faults_with({})
    yield "good_tree", ["breaks %s" % broken] if broken else []
    for index, (rule, path, text) in enumerate(BAD):
        broken = faults_with({path: text})
        faults = [] if broken == [rule] else [
            "%s: expected %s, noticed %s" % (path, rule, broken)]
        yield "notices_%s_%d" % (rule, index), faults
    untested = {name for name, _, _ in RULES} - {rule for rule, _, _ in BAD}
    yield "every_rule", ["untested: %s" % untested] if untested else []


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(report(self_test()))
    sys.exit(report(check_tree(ROOT)))
