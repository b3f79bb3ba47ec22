"""How the codes of each scheme are written in offices, and which of these spellings are certain."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase, digits
from typing import Protocol

#: dashes of every sort, as keyboards and word processors make them
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ーｰ﹣﹘~～"), "-")
#: what stands between a code and its title
BETWEEN = " \t-_/|:;,.、，：；。()[]【】《》〈〉「」"
#: longer than any code with its title; what is longer is a text
LONGEST = 60


class Listed(Protocol):
    """Of a code, what tells whether a spelling of it is right."""

    @property
    def parent(self) -> str | None: ...

    @property
    def more(self) -> Mapping[str, object]: ...


#: by code
Items = Mapping[str, Listed]


def plain(text: str) -> str:
    """Full-width characters made plain, every dash a hyphen, blanks off the ends."""
    return unicodedata.normalize("NFKC", text.translate(DASHES)).strip()


@dataclass(frozen=True, slots=True)
class Spelling:
    """What codes look like: `whole` gives those that a text spells, `part` finds one in a longer text."""

    whole: Callable[[str, Items], Iterable[str]]
    part: re.Pattern[str] | None = None

    def read(self, text: str, items: Items) -> tuple[str, ...]:
        """The codes that a text is, if it is one at all."""
        return () if len(text) > LONGEST else tuple(self.whole(plain(text), items))

    def apart(self, text: str, items: Items) -> Iterator[tuple[str, str]]:
        """A text as a code and what stands beside it."""
        if self.part is None or len(text) > LONGEST:
            return
        even = plain(text)
        for found in self.part.finditer(even):
            rest = f"{even[: found.start()]} {even[found.end() :]}".strip(BETWEEN)
            if rest:
                yield from ((code, rest) for code in self.whole(found[0], items))


def _as_it_is(text: str, items: Items) -> Iterator[str]:
    yield from (code for code in (text, text.lower(), text.upper()) if code in items)


def _region(text: str, _items: Items) -> Iterator[str]:
    """Six digits; the 12 digits of statistics go on with the street, and a spreadsheet makes 350200.0 of a number."""
    if found := re.fullmatch(r"([1-9][0-9]{5})(?:\.0+|[0-9]{6})?", text):
        yield found[1]
    elif text.isascii() and text.isalpha():
        yield text.lower()


def _industry(text: str, items: Items) -> Iterator[str]:
    """A section, or digits; `C39` where C is the section of 39.

    A spreadsheet makes 39.0 of a number, and loses a zero before it: 391.0 may have been 0391, so it is neither.
    """
    if found := re.fullmatch(r"([A-Ta-t])[ -]?([0-9]{2,4})", text):
        division = items.get(found[2][:2])
        if division is not None and division.parent == found[1].upper():
            yield found[2]
    elif found := re.fullmatch(r"([0-9]{2,4})\.0+", text):
        if len(found[1]) == 2 or f"0{found[1]}" not in items:
            yield found[1]
    elif re.fullmatch("[A-Ta-t]|[0-9]{2,4}", text):
        yield text.upper()


def _occupation(text: str, items: Items) -> Iterator[str]:
    """In full or as far as its group, also without hyphens; with its own marks S and L or without."""
    found = re.fullmatch(r"(?P<code>.*?[0-9])\s*\(?(?P<marks>[SL](?:/[SL])?)?\)?", text, re.IGNORECASE)
    if found is None:
        return
    tight = "".join(found["code"].split())
    if re.fullmatch("[1-8][0-9]{6}", tight):
        tight = f"{tight[0]}-{tight[1:3]}-{tight[3:5]}-{tight[5:]}"
    if re.fullmatch("[1-8](-[0-9]{1,2}){1,3}", tight):
        major, *groups = tight.split("-")
        code = "-".join([major, *(part.zfill(2) for part in groups), *["00"] * (3 - len(groups))])
        item = items.get(code)
        marks = set((found["marks"] or "").upper()) - {"/"}
        if not marks or (item is not None and marks <= set(str(item.more.get("marks", "")))):
            yield code


#: what can be a code with a slip in it
SLIPPED = re.compile(r"(?=.*[0-9])[0-9A-Z .-]{1,12}")
#: of lists whose codes are written as they are
PLAIN = Spelling(_as_it_is)
#: by scheme
SPELLINGS = {
    "gbt2260": Spelling(_region, re.compile("(?<![0-9])[1-9][0-9]{5}(?:[0-9]{6})?(?![0-9])")),
    "gbt4754": Spelling(_industry, re.compile("(?<![0-9A-Za-z])(?:[A-Ta-t]?[ -]?[0-9]{2,4}|[A-T])(?![0-9A-Za-z])")),
    "csco": Spelling(_occupation, re.compile("(?<![0-9])[1-8](?:-[0-9]{2}){1,3}(?![0-9])")),
}


def near(text: str, items: Items) -> list[str]:
    """The codes one slip away from what may be one: a character changed, left out, doubled or swapped; then the group.

    Those that begin alike come first. Nothing for a text without digits.
    """
    typed = plain(text).upper()
    if not SLIPPED.fullmatch(typed):
        return []
    bare = typed.lstrip(ascii_uppercase) if typed[:1].isalpha() else typed
    slips = {one for one in _slips(bare) if one in items} | ({bare} & items.keys())
    cuts = [bare.rpartition("-")[0] + "-00"] if "-" in bare else [bare[:cut] for cut in (4, 3, 2)]
    groups = [bare.ljust(6, "0"), *(cut.ljust(6, "0") if len(bare) == 6 else cut for cut in cuts)]
    known = [one for one in dict.fromkeys(groups) if one in items and one not in slips]
    return sorted(slips, key=lambda one: (-_alike(one, bare), one)) + known


def _slips(code: str) -> Iterator[str]:
    for at in range(len(code) + 1):
        head, tail = code[:at], code[at:]
        if tail:
            yield head + tail[1:]
            yield from (head + digit + tail[1:] for digit in digits)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + digit + tail for digit in digits)


def _alike(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
