# SPDX-License-Identifier: MIT
"""Cases of the page that memward prove --html writes."""

import functools
import html.parser
import json
import os
import re

from cases import case, check, check_equal, run
from subject import FOLDER, TOOL, VERSION, file_of

ALONE = {"meta", "br"}
# Whatever would make a browser fetch something.
FETCHES = {"src", "srcset", "data", "action", "poster", "background"}


class Page(html.parser.HTMLParser):
    """Knows whether tags are balanced, and what the page says."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.tags = []
        self.words = []
        self.ids = set()
        self.targets = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ALONE:
            self.open.append(tag)
        for name, value in attrs:
            check(name not in FETCHES, f"<{tag} {name}> fetches")
            if name == "id":
                check(value not in self.ids, f"two ids {value}")
                self.ids.add(value)
            if name == "href":
                check(value.startswith("#"), f"a link to {value}")
                self.targets.add(value[1:])

    def handle_endtag(self, tag):
        check_equal(self.open.pop(), tag, "the tag that ends")

    def handle_data(self, data):
        self.words.append(data)


SECRET = b"<b>correct & \"horse\" battery</b> staple"


@functools.lru_cache(maxsize=None)
def page_of_secret():
    """The page of a whole proof and its JSON, once for all cases."""
    path = os.path.join(FOLDER, "page.html")
    ran = run([TOOL, "prove", "--json", "--html", path,
               "--secret", file_of("text", SECRET)])
    check_equal(ran.code, 0, ran.complaint)
    with open(path, encoding="utf-8") as file:
        return file.read(), json.loads(ran.text)


@case
def page_is_whole_and_loads_nothing():
    text, _ = page_of_secret()
    page = Page(text)
    check_equal(page.open, [], "tags left open")
    check(page.targets and page.targets <= page.ids, "links go nowhere")
    for bad in ("script", "link", "iframe", "img", "object"):
        check(bad not in page.tags, f"<{bad}>")
    check(not re.search(r"@import|url\(|https?:|javascript:", text),
          "something is fetched")
    for style in ("prefers-color-scheme:dark", "@media print"):
        check(style in text, f"no {style}")


@case
def page_tells_what_json_tells():
    text, proof = page_of_secret()
    words = "".join(Page(text).words)
    for fact in (VERSION, proof["system"], proof["secret"], "UTC"):
        check(fact in words, f"{fact!r} is not told")
    for row in proof["attacks"]:
        for key in ("name", "attack", "memory", "observed", "reason"):
            check(row.get(key, "") in words, f"{row['name']}: no {key}")
    check(f"{proof['summary']['promised_held']}promised, and held" in words,
          "the numbers differ")
    # Where a row's attack is new, cli/explain.c lacks it.
    check("See memward-prove(1)." not in words, "an attack without its how")


@case
def page_shows_nothing_of_a_secret():
    text, _ = page_of_secret()
    for at in range(0, len(SECRET) - 8):
        piece = SECRET[at:at + 8].decode()
        check(piece not in text and piece not in "".join(Page(text).words),
              "part of the secret")


@case
def page_that_cannot_be_written_is_told():
    places = [os.path.join(FOLDER, "missing", "page.html"), FOLDER]
    if os.path.exists("/dev/full"):
        places.append("/dev/full")
    for path in places:
        ran = run([TOOL, "prove", "--only", "fork-omit", "--html", path])
        check_equal(ran.code, 2, f"exit status for {path}")
        check(path in ran.complaint, f"{ran.complaint!r} names no file")
