#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the documents with the tree, and tries the code blocks of docs/.

docs_test.py ROOT [--cc CC --library FILE] [--tool MEMWARD] [--no-seal]

Prints `ok NAME` or `not ok NAME: why` for each case, then one line of
totals. Each search is first tried on a text with a known fault, as a check
that can find nothing proves nothing.
"""
import argparse
import functools
import os
import pathlib
import re
import sys

import doc_programs

DOCUMENTS = ("README.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md "
             "CHANGELOG.md PLATFORMS.md").split()
BASE = "include/memward/base.h"
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

    @functools.lru_cache(maxsize=None)
    def code(self):
        """All that is not a document, in one text."""
        return "\n".join(self.read(name) for name in sorted(self.files)
                         if CODE.search("/" + name) and
                         not name.endswith("docs_test.py"))

    @functools.lru_cache(maxsize=None)
    def words(self):
        return frozenset(re.findall(r"\w+", self.code()))

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


def missing_paths(tree, text, folder=""):
    """Links are meant from the folder of the document."""
    return sorted({w for w in named_paths(text) if not tree.has(w) and
                   not tree.has(os.path.normpath(folder + w))})


def named_words(text):
    """Functions, macros, test cases, ...: words_with_underscores in code."""
    words = set()
    for span in re.findall(r"`([^`\n]+)`", without_blocks(text)):
        if NOT_OURS.search(span):
            continue
        words.update(re.findall(r"\b[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+\b", span))
    return words - EXAMPLES


def missing_words(known, text):
    return sorted(named_words(text) - known)


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
    """Of each public call: name, the comment above its group or None, text."""
    pattern = re.compile(r"^MEMWARD_API [^;]*?\b(memward_\w+)\([^;]*;",
                         re.MULTILINE)
    comment = re.compile(r"/\*(?:(?!\*/).)*\*/\n(?:MEMWARD_API[^;]*;\n)*\Z",
                         re.DOTALL)
    for match in pattern.finditer(header):
        above = comment.search(header[:match.start()])
        yield (match.group(1), above.group(0) if above else None,
               match.group(0))


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
    folder = document[:document.rfind("/") + 1]
    missing = missing_paths(tree, tree.read(document), folder)
    return f"named but missing: {', '.join(missing)}" if missing else None


def check_targets(tree, document):
    makefile = tree.read("Makefile")
    if missing_targets(makefile, "`make nothing`") != ["nothing"]:
        return "control: a missing target was not noticed"
    missing = missing_targets(makefile, tree.read(document))
    return f"no such make target: {', '.join(missing)}" if missing else None


def check_words(tree, document):
    if missing_words({"int", "a_b"}, "`a_b` `a_c`") != ["a_c"]:
        return "control: a missing name was not noticed"
    # What stands in a program of the guide is compiled with it.
    own = [] if not document.startswith("docs/") else re.findall(
        r"\w+", "".join(code_blocks(tree.read(document), "c")))
    missing = missing_words(tree.words() | set(own), tree.read(document))
    return f"in no file: {', '.join(missing)}" if missing else None


def check_attacks(tree):
    code = tree.code()
    rows = list(attack_rows(tree.read("README.md")))
    if len(rows) < 5:
        return f"README.md shows {len(rows)} attacks"
    bad = [row for row in rows if f'"{row}"' not in code]
    return f"in no file of the tool: {', '.join(bad)}" if bad else None


def headers_of(tree):
    """The texts of all public headers of C."""
    return [tree.read(name) for name in sorted(tree.files)
            if name.startswith("include/") and name.endswith(".h")]


def check_contracts(tree):
    bare = "int x;\n\nMEMWARD_API int memward_bare(void);\n"
    if [d[:2] for d in declarations(bare)] != [("memward_bare", None)]:
        return "control: a call without a comment was not noticed"
    found = [d for text in headers_of(tree) for d in declarations(text)]
    if len(found) < 14:
        return f"only {len(found)} public calls found"
    bad = [name for name, comment, _ in found if comment is None]
    return f"without a comment: {', '.join(bad)}" if bad else None


def check_errors(tree):
    known = set(error_names(tree.read(BASE)))
    listed = {n for text in headers_of(tree) for n in listed_errors(text)}
    if len(known) < 20:
        return f"only {len(known)} error codes found"
    if known - listed:
        return f"no call lists {', '.join(sorted(known - listed))}"
    if listed - known:
        return f"listed but unknown: {', '.join(sorted(listed - known))}"
    return None


def check_version(tree):
    base = tree.read(BASE)
    version = ".".join(re.findall(
        r"MEMWARD_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", base)[:3])
    first = re.search(r"^## .*$", tree.read("CHANGELOG.md"), re.MULTILINE)
    if first is None or version not in first.group(0):
        return f"CHANGELOG.md does not begin with {version}"
    return None


def block_check(tree, programs, language, text):
    """Why a block of this language is not right, a skip, or None."""
    manual = {name[4:]: tree.read(name) for name in tree.files
              if name.startswith("man/")}
    why = doc_programs.check_commands(text, manual)
    if why is not None or language in ("console", "text"):
        return why
    if language in ("c", "cpp"):
        if programs.options.no_seal and "memward_seal" in text:
            return "skip", "this memward was built without sealing"
        return programs.try_program(text)
    if language == "sh":
        return programs.try_script(text)
    if language == "ini":
        return doc_programs.check_unit(text, programs.folder.name)
    if language == "yaml":
        return doc_programs.check_yaml(text)
    return f"nobody checks blocks of {language or 'no language'}"


def check_blocks_control(tree, programs):
    """Faults that must be noticed."""
    faults = [("", "x"), ("console", "$ memward nothing"),
              ("console", "$ memward doctor --nothing"), ("yaml", "a: ["),
              ("ini", "[Service]\nNonsense=1\n")]
    if programs.can_run():
        faults.append(("c", "int main(void)\n{\n\treturn 1;\n}\n"))
    if programs.options.tool:
        faults.append(("sh", "memward doctor\nfalse"))
    lacking = None
    for language, text in faults:
        found = block_check(tree, programs, language, text)
        if found is None:
            return f"not noticed: {language} {text}"
        if isinstance(found, tuple):  # what reads it is not here
            lacking = found
    return lacking


def blocks_of(text):
    """(language, text) of each code block."""
    fence = "```"
    return re.findall(rf"^{fence}(.*)\n((?:.*\n)*?)^{fence}$", text,
                      re.MULTILINE)


def guide(tree):
    return sorted(name for name in tree.files
                  if re.match(r"docs/[^/]+\.md$", name))


def check_index(tree):
    """Every page of the guide stands in its index."""
    index = tree.read("docs/README.md")
    bad = [name for name in guide(tree) if name != "docs/README.md" and
           f"]({name[5:]})" not in index]
    return f"not in docs/README.md: {', '.join(bad)}" if bad else None


def check_rows(tree, document):
    """Rows of `memward prove`, or how some begin or end, that a text names."""
    rows = re.findall(r"^\.It Cm (\S+)$",
                      tree.read("man/memward-prove.1"), re.MULTILINE)
    named = re.findall(r"`(-?[a-z]+(?:-[a-z]+)*-?)`", tree.read(document))
    named = [n for n in named if "-" in n]
    if len(rows) < 50 or len(named) < 5:
        return f"only {len(rows)} rows and {len(named)} names found"
    bad = [n for n in named if not any(
        row == n or (n.endswith("-") and row.startswith(n)) or
        (n.startswith("-") and row.endswith(n)) for row in rows)]
    return f"no such row: {', '.join(bad)}" if bad else None


def guide_cases(tree, programs):
    yield "the_proof_names_rows_that_exist", (
        lambda: check_rows(tree, "docs/proof.md"))
    yield "the_guide_has_an_index", lambda: check_index(tree)
    yield "a_bad_block_is_noticed", (
        lambda: check_blocks_control(tree, programs))
    for name in guide(tree):
        for i, (language, text) in enumerate(blocks_of(tree.read(name))):
            yield f"{name[5:-3]}_block_{i + 1}_works", (
                lambda language=language, text=text:
                block_check(tree, programs, language, text))


def cases(tree):
    yield "readme_code_is_the_example", lambda: check_readme(tree)
    for name in DOCUMENTS + guide(tree):
        short = name[:-3].lower().replace("/", "_")
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


def run_cases(suite, all_cases):
    """Runs (name, check) pairs; a check gives None, a skip, or why not."""
    passed = failed = skipped = 0
    for name, check in all_cases:
        try:
            why = check()
        except OSError as error:
            why = str(error)
        if why is None:
            passed += 1
            print(f"ok {name}")
        elif isinstance(why, tuple):
            skipped += 1
            print(f"skip {name}: {why[1]}")
        else:
            failed += 1
            print(f"not ok {name}: {why}")
    print(f"{suite}: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--no-seal", action="store_true")
    doc_programs.add_arguments(parser)
    options = parser.parse_args()
    tree = Tree(options.root.resolve())
    with doc_programs.Programs(tree.root, options) as programs:
        return run_cases("docs", [*cases(tree),
                                  *guide_cases(tree, programs)])


if __name__ == "__main__":
    sys.exit(main())
