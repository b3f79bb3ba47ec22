"""What a wording may stand for: a wording in, the forms in which a list may know it, and what a match says.

Nothing here is fuzzy: two wordings with a form in common differ in nothing that names another thing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ievq_pipeline.domain.skill import folded
from ievq_pipeline.domain.traditional import simplified
from ievq_pipeline.domain.weak_words import AFTER_PRODUCT, BETWEEN, LATIN, WEAK_ENGLISH, without_after, without_before

#: neither letter nor digit, but for what tells C, C++ and C# apart
_APART = re.compile(r"[^\w+#]|_")
_IN_BRACKETS = re.compile(r"[((\[【《]([^()()\[\]【】《》]*)[))\]】》]")
#: what follows are examples
_EXAMPLES = re.compile("^(?:如|例如|比如|包括|含|e\\.?g\\.?|such as)")
_ENGLISH = re.compile(r"[a-z][a-z0-9+#.\-/ ]* [a-z0-9+#.\-/ ]+")
_BETWEEN_WORDS = re.compile(r"[-/&,\s]+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
#: shorter names of characters in another order are other names
LEAST_REORDERED = 4


class How(StrEnum):
    """In what way a wording was matched."""

    EXACT = "exact"  #: a code, title or alias, without regard to case and width
    VARIANT = "variant"  #: one of them, but for punctuation, script, word order and words that name nothing
    CLOSE = "close"  #: nearly one of them, above the threshold that was chosen on the labelled set
    UNSURE = "unsure"  #: none of them


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listed skill that a wording may mean; the score is from 0 to 1."""

    code: str
    score: float

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "score": self.score}


@dataclass(frozen=True, slots=True)
class Match:
    """What a wording was found to be. `code` is given where it is certain; suggestions stand best first."""

    code: str | None
    how: How
    score: float
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def is_certain(self) -> bool:
        return self.code is not None


def bare(wording: str) -> str:
    """Folded, in simplified characters, without blanks and punctuation."""
    return _APART.sub("", simplified(folded(wording)))


def forms(wording: str) -> Iterator[str]:
    """The forms in which a list may know the wording, those that change least first; each once.

    A form of one sort is never equal to one of another: words in English order, and characters in any order, are
    marked as such.
    """
    seen: set[str] = set()
    for form in _forms(wording):
        if form and form not in seen:
            seen.add(form)
            yield form


def _forms(wording: str) -> Iterator[str]:
    outside, inside = bracketed(wording)
    parts = [wording] if inside is None else [wording, outside]
    for part in parts:
        yield bare(part)
    for part in parts:
        yield from _words(part)
    for part in parts:
        yield from _shorter(bare(part))
    for part in parts:
        yield from _reordered(part)


def plain_words(wording: str) -> str:
    """A wording without weak words at its ends, in Chinese and English: what is left to be compared."""
    words = folded(wording).split(" ")
    told = simplified(" ".join(word for word in words if _singular(word) not in WEAK_ENGLISH))
    return [told, *_peeled(told)][-1]


def bracketed(wording: str) -> tuple[str, str | None]:
    """A wording without what stands in brackets, and that: `制造执行系统(MES)`.

    The second is None where there are no brackets, and empty where several, or only examples, stand in them.
    """
    plain = folded(wording)
    found = [one.strip() for one in _IN_BRACKETS.findall(plain)]
    if not found:
        return plain, None
    outside = _IN_BRACKETS.sub("", plain).strip()
    inside = found[0] if len(found) == 1 and not _EXAMPLES.match(found[0]) else ""
    return outside, inside


def _words(wording: str) -> Iterator[str]:
    """An English name as its words, whatever their number and order; a product's without what is done with it."""
    plain = _BETWEEN_WORDS.sub(" ", folded(wording)).strip()
    if not _ENGLISH.fullmatch(plain):
        return
    words = [_singular(word) for word in re.findall(r"[a-z0-9+#.]+", plain)]
    told = [word for word in words if word not in WEAK_ENGLISH]
    if told:
        yield bare("".join(told))
        yield "words:" + " ".join(sorted(set(told)))
    if len(told) > 1 and told[-1] in AFTER_PRODUCT:
        yield bare("".join(told[:-1]))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _shorter(form: str) -> Iterator[str]:
    """Without weak words at the ends, one after the other, and without particles between."""
    for shorter in (form, *_peeled(form)):
        yield shorter
        yield BETWEEN.sub("", shorter)


def _peeled(form: str) -> Iterator[str]:
    """The form without one weak word at an end, and so on as long as a name is left."""
    while True:
        before = without_before(form)
        shorter = without_after(form) if before == form else before
        if shorter == form or (len(shorter) < 2 and not LATIN.fullmatch(shorter)):
            return
        yield shorter
        form = shorter


def _reordered(wording: str) -> Iterator[str]:
    """`监测碳排放` and `碳排放监测`: the same characters, in whatever order."""
    form = BETWEEN.sub("", bare(wording))
    while (shorter := without_before(form)) != form:
        form = shorter
    if len(form) >= LEAST_REORDERED and len(_CHINESE.findall(form)) >= LEAST_REORDERED:
        yield "any-order:" + "".join(sorted(form))
