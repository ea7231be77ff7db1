# SPDX-License-Identifier: MIT
"""Reads the pages of the manual and compares them with the headers.

Each check takes a page and the headers and gives a list of complaints.
"""
import errno
import re

CALL_SECTIONS = ("NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION",
                 "RETURN VALUES", "EXAMPLES", "ERRORS", "SEE ALSO")
WARNS = ("CAVEATS", "SECURITY CONSIDERATIONS")
# What a declaration has besides its type: export, must-check, ...
ATTRIBUTES = re.compile(r"\bMEMWARD_[A-Z_]+\b(\((?:[^()]|\([^()]*\))*\))?")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def tokens(text):
    return re.findall(r"\w+|[^\s\w]", text)


class Headers:
    """The public headers: texts by name, as they are included."""

    def __init__(self, texts, declarations):
        self.texts = texts
        self.text = "\n".join(texts.values())
        self.calls = {}
        self.contracts = {}
        for header in texts.values():
            for name, comment, whole in declarations(header):
                bare = ATTRIBUTES.sub(" ", without_comments(whole))
                self.calls[name] = tokens(bare.replace(";", " "))
                self.contracts[name] = comment or ""
        # Macros that look like calls: what a page may show beside these.
        self.macros = {
            name: tokens(name + args) for name, args in
            re.findall(r"^#define (MEMWARD_\w+)(\([^)]*\))", self.text,
                       re.MULTILINE)}
        self.errors = set(re.findall(r"X\((MEMWARD_E[A-Z]+), \d+,",
                                     self.text))

    def fields(self, struct):
        """The fields of a public struct as tokens; None: no such struct."""
        found = re.search(rf"typedef struct {struct} \{{\n(.*?)\n\}} "
                          f"{struct};", self.text, re.DOTALL)
        return tokens(without_comments(found.group(1))) if found else None

    def errors_of(self, call):
        """What the contract above a call names."""
        words = re.findall(r"\bE[A-Z0-9]{3,}\b", self.contracts[call])
        return {word for word in words
                if "MEMWARD_" + word in self.errors or hasattr(errno, word)}


class Page:
    def __init__(self, file, text):
        self.file = file
        self.name, self.number = file.rsplit(".", 1)
        self.text = text
        self.sections = {}
        self.order = []
        lines = None
        for line in text.splitlines():
            if line.startswith(".Sh "):
                title = line[4:].strip()
                lines = self.sections.setdefault(title, [])
                self.order.append(title)
            elif lines is not None:
                lines.append(line)

    def words(self, macro, section=None):
        """The first word after each such macro."""
        text = ("\n".join(self.sections.get(section, []))
                if section else self.text)
        found = []
        for line in text.splitlines():
            if line.startswith("."):
                found += re.findall(r"(?:^\.|\s)" + macro + r" (\S+)", line)
        return found

    def errors(self):
        """All words that follow .Er on their lines."""
        return {word for line in self.text.splitlines()
                for rest in re.findall(r"^\.(?:.*\s)?Er (.*)", line)
                for word in re.findall(r"\w+", rest)}

    def names(self):
        return self.words("Nm", "NAME")

    def prototypes(self):
        """(name, tokens) of each prototype in the synopsis."""
        kind = ""
        name = None
        args = []
        for line in self.sections.get("SYNOPSIS", []):
            if line == ".Pp" or line.startswith(".In "):
                kind = ""  # what follows has none of its own: a macro
            macro, _, rest = line.partition(" ")
            words = [a or b for a, b in
                     re.findall(r'"([^"]*)"|(\S+)', rest)]
            if macro == ".Ft":
                kind = " ".join(words)
            elif macro == ".Fn":
                yield words[0], self.joined(kind, words[0], words[1:])
            elif macro == ".Fo":
                name, args = words[0], []
            elif macro == ".Fa" and name is not None:
                args += words
            elif macro == ".Fc":
                yield name, self.joined(kind, name, args)
                name = None

    @staticmethod
    def joined(kind, name, args):
        return tokens(f"{kind} {name}({', '.join(args)})")

    def blocks(self, section):
        """What stands between .Bd -literal and .Ed, as one reads it."""
        inside = False
        lines = []
        for line in self.sections.get(section, []):
            if line.startswith(".Bd "):
                inside, lines = True, []
            elif line == ".Ed" and inside:
                inside = False
                yield shown("\n".join(lines)) + "\n"
            elif inside:
                lines.append(line)


def shown(text):
    """Literal text after what roff does to it."""
    for escape, char in (("\\e", "\\"), ("\\-", "-"), ("\\&", ""),
                         ("\\(dq", '"'), ("\\(aq", "'")):
        text = text.replace(escape, char)
    return text


def check_sections(page, _headers):
    if page.number != "3":
        return []
    lacking = [s for s in CALL_SECTIONS if s not in page.order]
    if not any(s in page.order for s in WARNS):
        lacking.append(" or ".join(WARNS))
    found = [f"it has no section {s}" for s in lacking]
    title = f".Dt {page.name.upper()} {page.number}"
    if title not in page.text.splitlines():
        found.append(f"it lacks the line {title}")
    return found


def check_signatures(page, headers):
    found = []
    shown_calls = []
    for name, prototype in page.prototypes():
        shown_calls.append(name)
        declared = headers.calls.get(name, headers.macros.get(name))
        if declared is None:
            found.append(f"{name} is in no header")
        elif prototype != declared:
            found.append(f"{name} is `{' '.join(prototype)}`, in the header "
                         f"`{' '.join(declared)}`")
    if page.number == "3" and sorted(shown_calls) != sorted(page.names()):
        found.append("NAME and SYNOPSIS do not name the same: " + ", ".join(
            sorted(set(shown_calls) ^ set(page.names()))))
    found += [f"there is no header {header}"
              for header in page.words("In") if header not in headers.texts]
    return found


def check_structs(page, headers):
    found = []
    for block in page.blocks("DESCRIPTION"):
        for body, name in re.findall(
                r"typedef struct \w+ \{\n(.*?)\n\} (\w+);", block, re.DOTALL):
            declared = headers.fields(name)
            if declared != tokens(without_comments(body)):
                found.append(f"the fields of {name} are not the header's")
    return found


def check_errors(page, headers):
    named = page.errors()
    found = [f"{word} is no error" for word in sorted(named)
             if word not in headers.errors and not hasattr(errno, word)]
    for call in page.names():
        if call not in headers.calls:
            continue
        for word in sorted(headers.errors_of(call)):
            if not named & {word, "MEMWARD_" + word}:
                found.append(f"the contract of {call} names {word}, which "
                             "no .Er here does")
    return found


def check_words(page, headers):
    known = set(re.findall(r"\w+", headers.text))
    used = set(re.findall(r"\b(?:memward_[a-z0-9_]+|MEMWARD_[A-Z0-9_]+)\b",
                          page.text))
    # The title is its name in capitals; a name may be cut by a macro.
    used -= {page.name.upper(), "MEMWARD_E"}
    return [f"{word} is in no header" for word in sorted(used - known)
            if not word.endswith("_")]


def check_references(page, names):
    """.Xr to pages and aliases of ours; names is the set of them all."""
    pairs = re.findall(r"^\.Xr (\S+) (\d)", page.text, re.MULTILINE)
    found = [f"there is no page {name}({number})" for name, number in pairs
             if name.startswith("memward") and (name, number) not in names]
    # A page does not send the reader to itself.
    own = {(name, page.number) for name in page.names()}
    see = re.findall(r"^\.Xr (\S+) (\d)",
                     "\n".join(page.sections.get("SEE ALSO", [])),
                     re.MULTILINE)
    return found + [f"SEE ALSO names its own {name}({number})"
                    for name, number in see if (name, number) in own]


def check_programs(page, _headers):
    if page.number != "3":
        return []
    blocks = list(page.blocks("EXAMPLES"))
    found = ["a block in EXAMPLES has no main(): it must be a program"
             for block in blocks if not re.search(r"\bmain\(", block)]
    return found if blocks else ["EXAMPLES has no program"]


CHECKS = (
    ("sections", check_sections),
    ("signatures", check_signatures),
    ("structs", check_structs),
    ("errors", check_errors),
    ("words", check_words),
    ("programs", check_programs),
)
