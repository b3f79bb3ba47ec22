"""Which old codes of regions became which, and which of these moves are certain."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

#: titles that say nothing of which place it is
NAMELESS = {
    "市辖区",
    "县",
    "城区",
    "郊区",
    "矿区",
    "新区",
    "市区",
    "直辖县级行政单位",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
}
KIND = re.compile("(?:(?:[一-龥]{1,4}族)*自治[县州旗]|特别行政区|地区|林区|特区|新区|办事处|[省市县区旗盟])$")
#: functional areas, for which statistics have codes and the standard has none
ZONE = re.compile("区|园|城|新|会")
#: the less certain of two links makes a chain
CERTAINTY = ("ended", "within", "merged", "moved")
PEOPLES = re.compile(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜"
    "|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各)族"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """An old code: its last title, the year in which it was no longer in force, and what took its place."""

    title: str
    year: int
    #: `moved`, `merged` and `within` (of what was no place of its own) are certain and have one successor; `ended` has
    #: those that are known
    kind: str
    successors: tuple[str, ...]


def stem(title: str) -> str:
    """What a place is called without its rank: 大兴 of 大兴县 and 大兴区; all of it where one character is left."""
    bare = PEOPLES.sub("", KIND.sub("", title)) if "自治" in title else KIND.sub("", title)
    return bare if len(bare) > 1 else title


def _level(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _step(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Moves between two revisions: one place went, one of the same name and level came, and no other of that name.

    A code that was given to another place in the same moment counts as gone and as come.
    """
    gone, come = _without(before, after), _without(after, before)
    for name in (str, stem):
        old, new = _by_name(gone, name), _by_name(come, name)
        for place, codes in old.items():
            if len(codes) == len(new.get(place, ())) == 1:
                yield codes[0], new[place][0]
                del gone[codes[0]], come[new[place][0]]


def _by_name(titles: Mapping[str, str], name: Callable[[str], str]) -> dict[tuple[int, str], list[str]]:
    found = defaultdict[tuple[int, str], list[str]](list)
    for code, title in titles.items():
        found[_level(code), name(title)].append(code)
    return found


def _without(these: Mapping[str, str], those: Mapping[str, str]) -> dict[str, str]:
    """The places that have a code here and not there, or there for a place of another name."""
    return {
        code: title
        for code, title in these.items()
        if title not in NAMELESS and (code not in those or stem(those[code]) != stem(title))
    }


def ended(
    revisions: Mapping[str, Mapping[str, str]], known: Mapping[str, tuple[int, tuple[str, ...]]]
) -> dict[str, Ended]:
    """Every code that was in force once and is no more. `revisions` by date, the last of them today's.

    `known` is what another source says of old codes: the year, and successors, which are taken as they are told.
    """
    dates = sorted(revisions)
    steps = [dict(_step(revisions[a], revisions[b])) for a, b in pairwise(dates)]
    history = _History(
        [revisions[date] for date in dates],
        steps,
        {code: ways for code, (_, ways) in known.items()},
        _by_hand(),
        {code for code, (year, _) in known.items() if year >= 2000},
    )
    found: dict[str, Ended] = {}
    for code in sorted(set().union(*revisions.values()) - revisions[dates[-1]].keys()):
        at = max(place for place, date in enumerate(dates) if code in revisions[date])
        title = revisions[dates[at]][code]
        told = known.get(code, (0, ()))[0] if at == len(dates) - 2 else 0
        year = history.by_hand[code][0] if code in history.by_hand else told or int(dates[at + 1][:4])
        kind, ways = history.followed(code, at)
        found[code] = Ended(title, year, kind if len(ways) == 1 else "ended", tuple(sorted(ways)))
    return found


@dataclass(frozen=True, slots=True)
class _History:
    revisions: list[Mapping[str, str]]
    steps: list[dict[str, str]]
    told: dict[str, tuple[str, ...]]
    by_hand: dict[str, tuple[int, str, tuple[str, ...]]]
    recent: set[str]

    def followed(self, code: str, at: int) -> tuple[str, set[str]]:
        """What became of a code of the revision `at`: how certain that is, and its successors of today.

        A code that was given to another place later is followed only as long as it is the same one's.
        """
        last = at
        while last + 1 < len(self.revisions) and code in self.revisions[last + 1] and code not in self.steps[last]:
            last += 1
        if last + 1 == len(self.revisions):
            return "moved", {code}
        if code in self.by_hand and not any(code in later for later in self.revisions[last + 1 :]):
            return self._each(self.by_hand[code][1], self.by_hand[code][2], last + 1)
        if move := self.steps[last].get(code):
            return self.followed(move, last + 1)
        if above := self._around(code, self.revisions[last][code]):
            return "within", {above}
        today = self.revisions[-1]
        return "ended", {way for way in self.told.get(code, ()) if way in today and self._is_likely(code, last, way)}

    def _is_likely(self, code: str, last: int, way: str) -> bool:
        """Of what the other source tells of codes before 2000, much is only that numbers were given anew."""
        return code in self.recent or stem(self.revisions[last][code]) == stem(self.revisions[-1][way])

    def _each(self, kind: str, ways: tuple[str, ...], at: int) -> tuple[str, set[str]]:
        reached = set[str]()
        for way in ways:
            here = next((place for place in range(at, len(self.revisions)) if way in self.revisions[place]), None)
            if here is not None:
                further, codes = self.followed(way, here)
                kind = next(one for one in CERTAINTY if one in (kind, further))
                reached |= codes
        return kind, reached

    def _around(self, code: str, title: str) -> str | None:
        """The place around one that is no place of its own: all districts of a city, a development zone."""
        if title not in NAMELESS and not (code[4] == "7" and ZONE.search(title)):
            return None
        return next((above for above in (f"{code[:4]}00", f"{code[:2]}0000") if above in self.revisions[-1]), None)


def _by_hand() -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """What the names alone don't show, or show wrongly; the column `why` gives the decision of the State Council."""
    with Path(__file__).with_name("region_moves.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["old"]: (int(row["year"] or 0), row["kind"], tuple(row["successors"].split(";")))
            for row in csv.DictReader(file)
        }
