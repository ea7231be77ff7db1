#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the documents with the tree: docs_test.py ROOT.

Prints `ok NAME` or `not ok NAME: why` for each case, then one line of
totals. Each search is first tried on a text with a known fault, as a check
that can find nothing proves nothing.
"""
import os
import pathlib
import re
import sys

DOCUMENTS = ("README.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md "
             "CHANGELOG.md PLATFORMS.md").split()
HEADERS = ("include/memward/base.h",
           "include/memward.h",
           "include/memward/ends.h",
           "include/memward/harden.h",
           "include/memward/input.h",
           "include/memward/mem_sys.h",
           "include/memward/output.h",
           "include/memward/scope.h",
           "include/memward/seal.h")
EXAMPLE = "examples/quickstart.c"
# What looks like a path and is none of ours: other systems' sources, what a
# build makes, and NAME, which the reader replaces.
NOT_OURS = re.compile(r"^(sys|fs|osfmk|build)/|\bNAME\b")
NAMED = re.compile(r"^[\w.+-]+(/[\w.+-]+)*/?$")
# Names that stand for others, in CONTRIBUTING.md.
EXAMPLES = {"memward_noun_verb", "mw_module_verb", "MEMWARD_CONST"}
CODE = re.compile(r"\.(c|h|cpp|hpp|py|sh|cmake|txt|yml|in)$|/Makefile$")
SUFFIX = re.compile(r"\.(c|h|cpp|hpp|md|py|sh|cmake|txt|yml|yaml|json|in)$")


class Tree:
    """The files of the project, without what a build leaves behind."""

    def __init__(self, root):
        self.root = root
        self.files = set()
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders if f not in ("build", ".git")]
            for file in files:
                path = pathlib.Path(folder, file)
                self.files.add(path.relative_to(root).as_posix())
        self.bases = {name.rsplit("/", 1)[-1] for name in self.files}

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def code(self):
        """All that is not a document, in one text."""
        return "\n".join(self.read(name) for name in sorted(self.files)
                         if CODE.search("/" + name) and
                         not name.endswith("docs_test.py"))

    def has(self, name):
        if "/" not in name:
            return name in self.bases
        folder = name.rstrip("/") + "/"
        return (name in self.files or "include/" + name in self.files or
                any(file.startswith(folder) for file in self.files))


def code_blocks(text, language):
    fence = "```"
    return re.findall(rf"^{fence}{language}\n(.*?)^{fence}$", text,
                      re.MULTILINE | re.DOTALL)


def without_blocks(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def named_paths(text):
    """What stands in backticks and looks like a file or folder of ours."""
    for word in re.findall(r"`([^`\n]+)`", without_blocks(text)):
        if NOT_OURS.search(word) or not NAMED.match(word):
            continue
        if SUFFIX.search(word) or ("/" in word and word.endswith("/")):
            yield word
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in link:
            yield link


def missing_paths(tree, text):
    return sorted({w for w in named_paths(text) if not tree.has(w)})


def named_words(text):
    """Functions, macros, test cases, ...: words_with_underscores in code."""
    words = set()
    for span in re.findall(r"`([^`\n]+)`", without_blocks(text)):
        if NOT_OURS.search(span):
            continue
        words.update(re.findall(r"\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b", span))
    return words - EXAMPLES


def missing_words(code, text):
    return sorted(w for w in named_words(text)
                  if not re.search(rf"\b{w}\b", code))


def attack_rows(text):
    """The attacks in the README's table: what stands in its second column."""
    for block in code_blocks(text, "text"):
        for line in block.splitlines():
            row = re.match(r"  (?:held|LEAKED|\(held\)|not testable) +"
                           r"(\S+(?: \S+)*)  ", line)
            if row:
                yield row.group(1)


def make_targets(text):
    return set(re.findall(r"\bmake ([a-z][a-z-]*)\b(?=[`\s]|$)",
                          "\n".join(re.findall(r"`([^`\n]+)`", text) +
                                    re.findall(r"^(?:\$ |    )make [a-z-]+",
                                               text, re.MULTILINE))))


def missing_targets(makefile, text):
    known = set(re.findall(r"^([a-z][a-z-]*)\s*:", makefile, re.MULTILINE))
    for line in re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE):
        known.update(line.split())
    return sorted(make_targets(text) - known)


def declarations(header):
    """(name, the comment above its group or None) of each public call."""
    pattern = re.compile(r"^MEMWARD_API [^;]*?\b(memward_\w+)\([^;]*;",
                         re.MULTILINE)
    comment = re.compile(r"/\*(?:(?!\*/).)*\*/\n(?:MEMWARD_API[^;]*;\n)*\Z",
                         re.DOTALL)
    for match in pattern.finditer(header):
        above = comment.search(header[:match.start()])
        yield match.group(1), above.group(0) if above else None


def error_names(base):
    return re.findall(r"X\(MEMWARD_(E[A-Z]+), \d+,", base)


def listed_errors(header):
    """The names in the `Errors:` parts of the comments, and `EWHAT: why`."""
    names = set(re.findall(r"\b(E[A-Z]{3,}): ", header))
    for part in re.findall(r"\* Errors:(.*?)(?:\*/|\n \*\n)", header,
                           re.DOTALL):
        names.update(re.findall(r"\bE[A-Z]{3,}\b", part))
    return names


def check_readme(tree):
    blocks = code_blocks(tree.read("README.md"), "c")
    if len(blocks) != 1:
        return f"README.md has {len(blocks)} blocks of C, not 1"
    if blocks[0] != tree.read(EXAMPLE):
        return f"the block in README.md is not {EXAMPLE}"
    return None


def check_paths(tree, document):
    if missing_paths(tree, "see `src/nowhere.c`") != ["src/nowhere.c"]:
        return "control: a missing file was not noticed"
    missing = missing_paths(tree, tree.read(document))
    return f"named but missing: {', '.join(missing)}" if missing else None


def check_targets(tree, document):
    makefile = tree.read("Makefile")
    if missing_targets(makefile, "`make nothing`") != ["nothing"]:
        return "control: a missing target was not noticed"
    missing = missing_targets(makefile, tree.read(document))
    return f"no such make target: {', '.join(missing)}" if missing else None


def check_words(tree, document):
    code = tree.code()
    if missing_words("int a_b;", "`a_b` `a_c`") != ["a_c"]:
        return "control: a missing name was not noticed"
    missing = missing_words(code, tree.read(document))
    return f"in no file: {', '.join(missing)}" if missing else None


def check_attacks(tree):
    code = tree.code()
    rows = list(attack_rows(tree.read("README.md")))
    if len(rows) < 5:
        return f"README.md shows {len(rows)} attacks"
    bad = [row for row in rows if f'"{row}"' not in code]
    return f"in no file of the tool: {', '.join(bad)}" if bad else None


def check_contracts(tree):
    bare = "int x;\n\nMEMWARD_API int memward_bare(void);\n"
    if list(declarations(bare)) != [("memward_bare", None)]:
        return "control: a call without a comment was not noticed"
    found = [d for name in HEADERS for d in declarations(tree.read(name))]
    if len(found) < 14:
        return f"only {len(found)} public calls found"
    bad = [name for name, comment in found if comment is None]
    return f"without a comment: {', '.join(bad)}" if bad else None


def check_errors(tree):
    known = set(error_names(tree.read(HEADERS[0])))
    listed = {n for name in HEADERS for n in listed_errors(tree.read(name))}
    if len(known) < 20:
        return f"only {len(known)} error codes found"
    if known - listed:
        return f"no call lists {', '.join(sorted(known - listed))}"
    if listed - known:
        return f"listed but unknown: {', '.join(sorted(listed - known))}"
    return None


def check_version(tree):
    base = tree.read(HEADERS[0])
    version = ".".join(re.findall(
        r"MEMWARD_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", base)[:3])
    first = re.search(r"^## .*$", tree.read("CHANGELOG.md"), re.MULTILINE)
    if first is None or version not in first.group(0):
        return f"CHANGELOG.md does not begin with {version}"
    return None


def cases(tree):
    yield "readme_code_is_the_example", lambda: check_readme(tree)
    for name in DOCUMENTS:
        short = name[:-3].lower()
        yield f"{short}_names_files_that_exist", (
            lambda name=name: check_paths(tree, name))
        yield f"{short}_names_targets_that_exist", (
            lambda name=name: check_targets(tree, name))
        yield f"{short}_names_words_that_exist", (
            lambda name=name: check_words(tree, name))
    yield "readme_shows_attacks_that_exist", lambda: check_attacks(tree)
    yield "every_public_call_has_a_contract", lambda: check_contracts(tree)
    yield "every_error_is_listed_by_a_call", lambda: check_errors(tree)
    yield "changelog_begins_with_the_version", lambda: check_version(tree)


def main():
    tree = Tree(pathlib.Path(sys.argv[1]).resolve())
    passed = failed = 0
    for name, check in cases(tree):
        try:
            why = check()
        except OSError as error:
            why = str(error)
        if why is None:
            passed += 1
            print(f"ok {name}")
        else:
            failed += 1
            print(f"not ok {name}: {why}")
    print(f"docs: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
