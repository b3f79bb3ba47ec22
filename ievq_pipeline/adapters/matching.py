"""Free wordings held against a list: a wording in, what it certainly is or the nearest listed skills out.

Certain is what shares a form with one listed skill alone (`domain/wording.py`), or lies nearer than a threshold that
was chosen on the dev half of `data/wordings`. The rest is ranked: character n-grams weighed by how rare they are among
the names of the list, whether one is part of the other, the letters as they stand, and how they sound (pinyin).
"""

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache

from ievq_pipeline.domain.activities import Listed, only, task
from ievq_pipeline.domain.skill import Skills
from ievq_pipeline.domain.wording import How, Match, Suggestion, bare, bracketed, forms, plain_words

#: suggestions of a match
MOST = 5
#: below this a suggestion helps nobody
LEAST_SCORE = 0.3
#: from here on a suggestion is more likely right than not: whoever names the wording may mean it
LIKELY_SCORE = 0.6
#: from here on whoever handed a file in is asked about it: a question must not be a nuisance
ASKED_SCORE = 0.8
#: likely suggestions of one wording that count
MOST_LIKELY = 3
#: from here on a near name is taken without asking
CERTAIN_SCORE = 0.97
#: Latin letters and digits that a likely wording has at least
LEAST_LETTERS = 4
#: skills that may have to do with a thing while a shortened name of one of them still names that one
FEW = 2
#: names that are looked at closely, of those that share most n-grams
SHORTLIST = 40
_SEVERAL = re.compile(r"[/、,,;;]| and ")
_ASCII = re.compile(r"[\x00-\x7f]+")
#: what each way of looking counts
GRAMS, PART, LETTERS, SOUND = 0.5, 0.3, 0.1, 0.1


def match(wording: str, listed: Skills) -> Match:
    """What a wording is by a list. It takes about a millisecond where it is not certain: ask once for each wording."""
    return matcher(listed).match(wording)


def exact(wording: str, listed: Skills) -> Match | None:
    """The same where it is one of the list's own names; else None."""
    skill = listed.find(wording)
    return None if skill is None else Match(skill.code, How.EXACT, 1.0)


def certain(wording: str, listed: Skills) -> Match | None:
    """The same where it is certain by its form alone, without looking for what is near; else None."""
    if (known := exact(wording, listed)) is not None:
        return known
    code = matcher(listed).certain(wording)
    return None if code is None else Match(code, How.VARIANT, 1.0)


def likely(wording: str, suggestions: Sequence[Suggestion], least: float = LIKELY_SCORE) -> list[Suggestion]:
    """Of suggestions, best first, those that the wording may well mean; a few letters are like too many names."""
    if _ASCII.fullmatch(wording) and len(bare(wording)) < LEAST_LETTERS:
        return []
    return [one for one in suggestions if one.score >= least][:MOST_LIKELY]


def several(wording: str) -> bool:
    """Whether it looks like several names in one."""
    return len([part for part in _SEVERAL.split(wording) if part.strip()]) > 1


@lru_cache(maxsize=16)
def matcher(listed: Skills) -> "Matcher":
    """The names of a list, prepared; of one and the same list it is made once."""
    return Matcher(listed)


class Matcher:
    """One list of skills, ready to be asked."""

    def __init__(self, listed: Skills) -> None:
        self.listed = listed
        self._named: dict[str, set[str]] = defaultdict(set)
        self._varied: dict[str, set[str]] = defaultdict(set)
        self._tasks: dict[str, list[Listed]] = defaultdict(list)
        names: dict[str, str] = {}
        for skill in listed.skills:
            for name in skill.wordings:
                first, *others = forms(name)
                self._named[first].add(skill.code)
                for form in others:
                    self._varied[form].add(skill.code)
                done = task(first)
                is_title = name in (skill.title.zh, skill.title.en)
                self._tasks[done.thing].append(Listed(skill.code, done.activities, is_title))
                names.setdefault(first, skill.code)
        for thing, done_with in self._tasks.items():
            codes = {one.code for one in done_with}
            if thing in self._varied and len(codes) > FEW:  # a shortened name that many have to do with is nobody's
                self._varied[thing] |= codes
        self._names, self._codes = list(names), list(names.values())

    @cached_property
    def _near_to(self) -> "_Near":
        return _Near(self._names, self._codes)

    def prepare(self) -> None:
        """Make ready what is only needed for suggestions."""
        self._near_to.to("ready")

    def match(self, wording: str) -> Match:
        """What the wording is: certain, or with suggestions best first."""
        if (known := certain(wording, self.listed)) is not None:
            return known
        found = self.suggestions(wording)
        if found and found[0].score >= CERTAIN_SCORE and (len(found) == 1 or found[1].score < CERTAIN_SCORE):
            return Match(found[0].code, How.CLOSE, found[0].score, found)
        return Match(None, How.UNSURE, found[0].score if found else 0.0, found)

    def certain(self, wording: str) -> str | None:
        """The code of the one skill that shares a form with the wording; of several things joined, if they are one."""
        if (code := self._one(wording)) is not None:
            return code
        outside, inside = bracketed(wording)
        if inside and _ASCII.fullmatch(inside) and not _ASCII.fullmatch(outside):
            return self._one(inside)
        parts = [part for part in _SEVERAL.split(wording) if part.strip()]
        codes = {self._one(part) for part in parts} if len(parts) > 1 else set()
        return codes.pop() if len(codes) == 1 else None

    def _one(self, wording: str) -> str | None:
        for form in forms(wording):
            codes = self._named.get(form) or self._varied.get(form)
            if codes:
                return next(iter(codes)) if len(codes) == 1 else None
        asked = task(bare(bracketed(wording)[0]))
        return only(asked, self._tasks.get(asked.thing, ()))

    def suggestions(self, wording: str, most: int = MOST) -> tuple[Suggestion, ...]:
        """The nearest skills, each once, best first; none that is further away than helps anybody."""
        best: dict[str, float] = {}
        outside, inside = bracketed(wording)
        asked = dict.fromkeys([wording, outside, inside or "", *_SEVERAL.split(outside)])
        for part in asked:
            whole = 1.0 if part in (wording, outside) else 0.9
            for code, score in self._near_to.to(bare(plain_words(part))):
                best[code] = max(best.get(code, 0.0), whole * score)
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:most]
        return tuple(Suggestion(code, round(score, 3)) for code, score in ranked if score >= LEAST_SCORE)


class _Near:
    """Names of a list by what they are spelled and sound like."""

    def __init__(self, names: Sequence[str], codes: Sequence[str]) -> None:
        self._names, self._codes = names, codes
        self._sounds = [_sound(name) for name in names]
        counted = [Counter(_grams(name)) for name in names]
        spread = Counter(gram for grams in counted for gram in grams)
        self._rarity = {gram: math.log((1 + len(counted)) / (0.5 + number)) for gram, number in spread.items()}
        self._unseen = math.log(2 * (1 + len(counted)))
        self._places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, grams in enumerate(counted):
            for gram, weight in self._weighed(grams).items():
                self._places[gram].append((place, weight))

    def to(self, asked: str) -> list[tuple[str, float]]:
        """Codes with scores, in no order: those of names that share much with what is asked."""
        from rapidfuzz import fuzz, process

        if not asked:
            return []
        alike: dict[int, float] = defaultdict(float)
        for gram, weight in self._weighed(Counter(_grams(asked))).items():
            for place, other in self._places.get(gram, ()):
                alike[place] += weight * other
        sound = _sound(asked)
        nearest = heapq.nlargest(SHORTLIST, alike, key=alike.__getitem__)
        heard = process.extract(sound, self._sounds, scorer=fuzz.ratio, limit=5, score_cutoff=70)
        near = []
        for place in {*nearest, *(one[2] for one in heard)}:
            name = self._names[place]
            letters = fuzz.ratio(asked, name) / 100
            sounds = fuzz.ratio(sound, self._sounds[place]) / 100
            part = fuzz.partial_ratio(asked, name) / 100 if _is_telling(min(asked, name, key=len)) else letters
            score = GRAMS * alike.get(place, 0.0) + PART * part + LETTERS * letters + SOUND * sounds
            near.append((self._codes[place], score))
        return near

    def _weighed(self, grams: Counter[str]) -> dict[str, float]:
        weights = {gram: number * self._rarity.get(gram, self._unseen) for gram, number in grams.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}


def _is_telling(name: str) -> bool:
    """Whether it means something that the name is part of another: a letter or two are part of anything."""
    return len(name) >= (LEAST_LETTERS if name.isascii() else 2)


def _grams(name: str) -> list[str]:
    """Runs of one to three characters; of Latin words no single letters, which say nothing."""
    padded = f"^{name}$"
    pairs = [padded[n : n + 2] for n in range(len(padded) - 1)]
    triples = [padded[n : n + 3] for n in range(len(padded) - 2)]
    return [character for character in name if not character.isascii()] + pairs + triples


@lru_cache(maxsize=100_000)
def _sound(name: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))
