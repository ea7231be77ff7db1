#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the manual with the headers and runs its examples.

manual_test.py ROOT [--aliases DIR] [--cc CC --library FILE] [--no-seal]

Prints a line per case and one of totals. Every check is first tried on pages
with a known fault each, as one that can find nothing proves nothing.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples"))

import doc_programs  # noqa: E402
import docs_test  # noqa: E402
import pages  # noqa: E402

HEADER = """
#define MEMWARD_GIVE(count) memward_give(count, NULL)
#define MEMWARD_ERRORS(X) X(MEMWARD_ENULL, 1, "a") X(MEMWARD_EPERM, 2, "b")
typedef struct memward_thing {
	int size; /* a comment */
	char *text;
} memward_thing;

/* Gives *thing. Errors: ENULL. */
MEMWARD_API MEMWARD_MUST_CHECK int memward_give(
    int count, memward_thing *thing);
"""
GOOD = r""".Dd November 24, 2026
.Dt MEMWARD_GIVE 3
.Os
.Sh NAME
.Nm memward_give ,
.Nm MEMWARD_GIVE
.Nd give
.Sh LIBRARY
memward
.Sh SYNOPSIS
.In memward.h
.Ft int
.Fn memward_give "int count" "memward_thing *thing"
.Pp
.Fn MEMWARD_GIVE count
.Sh DESCRIPTION
.Bd -literal
typedef struct memward_thing {
	int size; /* other words */
	char *text;
} memward_thing;
.Ed
.Sh RETURN VALUES
0 or a negative error.
.Sh EXAMPLES
.Bd -literal
int main(void)
{
	return 0;
}
.Ed
.Sh ERRORS
.Bl -tag -width Ds
.It Bq Er MEMWARD_ENULL
No thing.
.El
.Sh SEE ALSO
.Xr memward 7
.Sh CAVEATS
None.
"""
# Check, what is replaced, by what, and what the complaint must say.
FAULTS = (
    ("sections", ".Sh CAVEATS", ".Sh OTHER", "CAVEATS"),
    ("sections", ".Sh EXAMPLES", ".Sh EXAMPLE", "no section EXAMPLES"),
    ("sections", "MEMWARD_GIVE 3", "MEMWARD_TAKE 3", "lacks the line"),
    ("signatures", "int count", "long count", "in the header"),
    ("signatures", ".Ft int", ".Ft void", "in the header"),
    ("signatures", '"int count" ', "", "in the header"),
    ("signatures", ".Fn memward_give", ".Fn memward_gave", "in no header"),
    ("signatures", ".In memward.h", ".In memward/no.h", "no header"),
    ("signatures", ".Nm memward_give ", ".Nm memward_gave ", "the same"),
    ("signatures", "_GIVE count", "_GIVE number", "in the header"),
    ("signatures", ".Fn MEMWARD_GIVE", ".Fn MEMWARD_GAVE", "in no header"),
    ("structs", "\tchar *text;\n", "", "fields"),
    ("structs", "int size", "long size", "fields"),
    ("errors", "Er MEMWARD_ENULL", "Er MEMWARD_EPERM", "names ENULL"),
    ("errors", "No thing.", ".Er MEMWARD_ENONE", "no error"),
    ("words", "None.", "Not memward_take.", "in no header"),
    ("words", "None.", "Not MEMWARD_TAKE.", "in no header"),
    ("programs", "main(void)", "other(void)", "must be a program"),
    ("programs", ".Bd -literal\nint main", ".Bl\nint main", "no program"),
    ("references", ".Xr memward 7", ".Xr memward_take 3", "no page"),
    ("references", ".Xr memward 7", ".Xr memward_give 3", "its own"),
)
HARMLESS = ("referenced manual not found", "outdated mandoc.db",
            "consider using OS macro")
ADVICE = ("write it, or add it to a page of man/*.3: .Nm in NAME, its "
          "prototype in SYNOPSIS; CONTRIBUTING.md tells")


def declared(text):
    """The headers of a text that stands for memward.h."""
    return pages.Headers({"memward.h": text}, docs_test.declarations)


def complaints(check, page, headers, names):
    if check == "references":
        return pages.check_references(page, names)
    return dict(pages.CHECKS)[check](page, headers)


def names_of(all_pages):
    return {(name, page.number) for page in all_pages
            for name in [page.name, *page.names()]}


def control(check):
    """Why this check cannot be believed, or None."""
    headers = declared(HEADER)
    names = {("memward", "7"), ("memward_give", "3")}
    good = complaints(check, pages.Page("memward_give.3", GOOD), headers,
                      names)
    if good:
        return f"control: complains of a good page: {good}"
    for fault, old, new, word in FAULTS:
        if fault != check:
            continue
        if GOOD.count(old) == 0:
            return f"control: the good page lacks {old!r}"
        page = pages.Page("memward_give.3", GOOD.replace(old, new, 1))
        if not any(word in c for c in complaints(check, page, headers, names)):
            return f"control: {old!r} as {new!r} is not noticed"
    return None


class Manual:
    def __init__(self, root, options):
        self.root = root
        self.options = options
        include = root / "include"
        files = sorted(include.rglob("*.h*"))
        self.headers = pages.Headers(
            {f.relative_to(include).as_posix(): f.read_text("utf-8")
             for f in files}, docs_test.declarations)
        # Variables and words that the drop-ins have of their own.
        self.headers.text += "".join(
            f.read_text("utf-8") for f in sorted((root / "shim").glob("*.c")))
        self.all = [pages.Page(f.name, f.read_text("utf-8"))
                    for f in sorted((root / "man").iterdir())]
        self.calls = [page for page in self.all if page.number != "1"]
        self.names = names_of(self.all)

    def check_one(self, check):
        why = control(check)
        if why is not None:
            return why
        found = [f"{page.file}: {c}" for page in self.calls
                 for c in complaints(check, page, self.headers, self.names)]
        return "\n    ".join(found) or None

    def check_coverage(self):
        text = (self.root / "tools/exports.txt").read_text("utf-8")
        wanted = set(text.split()) | set(self.headers.calls)
        if len(wanted) < 60:
            return f"control: only {len(wanted)} calls found"
        lacking = sorted(w for w in wanted if (w, "3") not in self.names)
        if not lacking:
            return None
        return f"no page for {', '.join(lacking)}: {ADVICE}"

    def check_aliases(self):
        """Every name finds its page once it is installed."""
        if self.options.aliases is None:
            return "skip", "no build whose aliases could be looked at"
        bad = []
        for page in self.all:
            for name in page.names():
                if "_" in name and name != page.name:
                    file = self.options.aliases / f"{name}.{page.number}"
                    wanted = f".so man{page.number}/{page.file}\n"
                    if not file.exists() or file.read_text() != wanted:
                        bad.append(name)
        return f"no alias for {', '.join(bad)}; run cmake again" if bad \
            else None

    def check_lint(self):
        if shutil.which("mandoc") is None:
            return "skip", "no mandoc to look at the pages' form"
        if not lint(GOOD.replace(".Sh NAME", ".Sh NAME\n.Xx")):
            return "control: a broken page is not noticed"
        found = []
        for page in self.calls:
            found += [f"{page.file}: {c}" for c in lint(page.text)]
        return "\n    ".join(found) or None

    def programs(self):
        """(case name, page, text) of each program in the pages."""
        for page in self.calls:
            texts = [b for b in page.blocks("EXAMPLES")
                     if re.search(r"\bmain\(", b)]
            for i, text in enumerate(texts):
                number = f"_{i + 1}" if len(texts) > 1 else ""
                yield f"example_of_{page.name}{number}", page, text


def lint(text):
    """What mandoc says of a page, but for pages it does not know."""
    ran = subprocess.run(["mandoc", "-T", "lint", "-W", "style"],
                         input=text.encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    return [line for line in ran.stdout.decode().splitlines()
            if not any(word in line for word in HARMLESS)]


def try_example(manual, programs, page, text):
    if manual.options.no_seal and "memward/seal.h" in page.words("In"):
        return "skip", "this memward was built without sealing"
    return programs.try_program(text)


def control_of_programs(programs):
    if not programs.can_run():
        return "skip", "no compiler or library was given"
    good = programs.try_program("int main(void)\n{\n\treturn 0;\n}\n")
    if isinstance(good, tuple):
        return good
    if good is not None:
        return f"a good program does not work: {good}"
    for text in ("int main(void)\n{\n\treturn 1;\n}\n",
                 "int main(void)\n{\n\tint unused;\n\treturn 0;\n}\n"):
        if programs.try_program(text) is None:
            return f"works, and should not: {text}"
    return None


def cases(manual, programs):
    yield "every_call_has_a_page", manual.check_coverage
    for check in [name for name, _ in pages.CHECKS] + ["references"]:
        yield f"{check}_are_right", (
            lambda check=check: manual.check_one(check))
    yield "every_name_has_an_alias", manual.check_aliases
    yield "mandoc_finds_no_fault", manual.check_lint
    yield "a_bad_example_is_noticed", (
        lambda: control_of_programs(programs))
    for name, page, text in manual.programs():
        yield name, (lambda page=page, text=text:
                     try_example(manual, programs, page, text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--aliases", type=pathlib.Path)
    parser.add_argument("--no-seal", action="store_true")
    doc_programs.add_arguments(parser)
    options = parser.parse_args()
    root = options.root.resolve()
    with doc_programs.Programs(root, options) as programs:
        return docs_test.run_cases("manual",
                                   cases(Manual(root, options), programs))


if __name__ == "__main__":
    sys.exit(main())
