"""Which codes of a list a wording names: by title, short form, alias, or the path of titles down to it."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

#: blanks and signs that one office writes and another leaves out
SIGNS = re.compile(r"[\s、，,;；·.。/\\|()（）\[\]【】《》<>＞>_\-—–→]+")
#: what may stand before the topmost name
ABOVE_ALL = frozenset(["", "中国", "中华人民共和国"])
#: what stands between a city and its districts, and is no place by itself
NO_LEVEL = "市辖区"
#: no title is longer
LONGEST = 80
#: characters and pairs of them that more codes have tell nothing
COMMON = 250
#: so many of the rarest are looked at
MOST_TELLING = 8
#: so many codes are compared as a whole
MOST_COMPARED = 12
#: what has less in common is not alike
ALIKE = 0.34


def key(wording: str) -> str:
    """Two wordings are the same name if this is: without blanks, signs, width and case."""
    return SIGNS.sub("", unicodedata.normalize("NFKC", wording)).casefold()


@dataclass(frozen=True, eq=False)
class Names:
    """The wordings of every code, and the code above each."""

    parents: Mapping[str, str | None]
    wordings: Mapping[str, tuple[str, ...]]

    @cached_property
    def _known(self) -> dict[str, tuple[str, ...]]:
        found = defaultdict[str, list[str]](list)
        for code, wordings in self.wordings.items():
            for name in {key(wording) for wording in wordings} - {""}:
                found[name].append(code)
        return {name: tuple(codes) for name, codes in found.items()}

    def of(self, wording: str) -> tuple[str, ...]:
        """The code that a wording names; several where it is not certain which of them; none where it names none."""
        codes = self.all(wording)
        return codes if len(codes) < 2 else self._settled(codes)

    def all(self, wording: str) -> tuple[str, ...]:
        """Every code that has this name, or that the path of names leads to."""
        name = key(wording)
        if not name or len(name) > LONGEST:
            return ()
        return self._known.get(name) or tuple(self._at_the_end_of(name))

    def _at_the_end_of(self, path: str) -> Iterator[str]:
        """Codes that the path ends with, and before which only names of codes above them stand, from the top down."""
        for start in range(1, len(path)):
            for code in self._known.get(path[start:], ()):
                if self.leads(path[:start], self.parents[code]):
                    yield code

    def leads(self, path: str, code: str | None) -> bool:
        """Whether a path is made of names of this code and of those above it, the nearest last.

        The topmost may stand twice: of Beijing, province and city have one name.
        """
        path = path.removesuffix(NO_LEVEL)
        if not path or code is None or code not in self.parents:
            return path in ABOVE_ALL
        names = {key(wording) for wording in self.wordings[code]} - {""}
        above = self.parents[code]
        return self.leads(path, above) or any(
            self.leads(path[: -len(name)], above) or (above is None and path[: -len(name)] in names)
            for name in names
            if path.endswith(name)
        )

    def _settled(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Of codes with one name the one that all lie in: whichever was meant, that is right.

        Where it holds nothing else, it is the same as what lies in it, and the most detailed is taken. A name that one
        code has by itself, high up, such as that of a province, is not used of others without saying more.
        """
        top = [code for code in codes if all(code in self._line(other) for other in codes)]
        if top:
            inner = max(codes, key=lambda code: len(self._line(code)))
            between = self._line(inner)[: self._line(inner).index(top[0])]
            return (inner if all(self._is_only(code) for code in between) else top[0],)
        highest = [code for code in codes if self.parents[code] is None]
        return tuple(highest) if len(highest) == 1 else codes

    def _line(self, code: str) -> list[str]:
        """The code and all above it, upwards."""
        line = [code]
        while (above := self.parents.get(line[-1])) is not None and above not in line:
            line.append(above)
        return line

    @cached_property
    def _children(self) -> Counter[str]:
        return Counter(above for above in self.parents.values() if above is not None)

    def _is_only(self, code: str) -> bool:
        return self._children[self.parents[code] or ""] == 1

    @cached_property
    def _made_of(self) -> dict[str, list[set[str]]]:
        """By code, what each of its names is made of."""
        return {code: [_pairs(name) for name in map(key, own) if name] for code, own in self.wordings.items()}

    @cached_property
    def _having(self) -> dict[str, list[str]]:
        found = defaultdict[str, list[str]](list)
        for code, names in self._made_of.items():
            for pair in set().union(*names):
                found[pair].append(code)
        return {pair: codes for pair, codes in found.items() if len(codes) <= COMMON}

    def like(self, wording: str) -> list[str]:
        """Codes with a title that has characters and pairs of them with a wording in common, the most alike first."""
        pairs = _pairs(key(wording)[:LONGEST])
        having = sorted((self._having[pair] for pair in pairs if pair in self._having), key=len)[:MOST_TELLING]
        shared = Counter(code for codes in having for code in codes)
        alike = sorted((-self._likeness(code, pairs), code) for code, _ in shared.most_common(MOST_COMPARED))
        return [code for likeness, code in alike if -likeness >= ALIKE]

    def _likeness(self, code: str, pairs: set[str]) -> float:
        return max((2 * len(own & pairs) / (len(own) + len(pairs)) for own in self._made_of[code]), default=0)


def _pairs(name: str) -> set[str]:
    """Every character of a name, and every pair that stands together."""
    return {*name, *(name[at : at + 2] for at in range(len(name) - 1))}
