"""What may be shown: figures of a panel with enough reporters behind them, and nothing that gives a hidden one away.

Use `shown` for what is published. `shown_figures` and `shown_evidence` are its two halves, each safe by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, TypeAlias

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched import MATCHED_RULE, Level

#: a figure is shown only if so many reporters stand behind it, and none has more than this part of it
MINIMUM_REPORTERS = 5
LARGEST_SHARE = 0.70
#: counts of a panel are rounded to this
ROUNDED_TO = 5
#: growth without the top enterprise is told by the band between two of these that it falls in
BANDS = (1.0, 1.2, 1.3, 1.6, 2.0)

Figures = Mapping[str, Any]
COUNTS = ("observed", "expected")
#: what stays as it was told, as long as fewer than five reporters changed
CARRIED = (*COUNTS, "matched", "compared", "n_eff", "portion_up", "raw_growth", "growth_without_top")
#: told as they are; what is in neither list is not told: the year's growth is over other reporters than the rest, and
#: the largest one's part times the count is the largest one's figure
PLAIN = ("quarter", "window", "level", "skill", "family", "region")


#: in how many reporters' parts what is shown differs from what was: by quarter (`course.changed_reporters`), or a
#: number that holds for each of them, or not known
Changed: TypeAlias = Mapping[str, int] | int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is, or was last, shown of a series."""

    figures: dict[str, Any]
    evidence: dict[str, Any]


def is_shown(reporters: int, top_share: float) -> bool:
    """Whether a figure with so many reporters behind it, the largest having this part of it, may be shown."""
    return reporters >= MINIMUM_REPORTERS and top_share <= LARGEST_SHARE


def rounded(count: float) -> int:
    """To the nearest multiple of 5, halves up: always the same way, so that nobody averages the rounding out."""
    return floor(count / ROUNDED_TO + 0.5) * ROUNDED_TO


def shown(
    figures: Figures, evidence: Figures, before: Shown | None = None, changed_reporters: Changed = None
) -> Shown | None:
    """What may be shown of a test; None where the rule forbids it (reason `disclosure`).

    Of totals: only what is public already. Of a panel, counts are told of whole skills alone: a skill's count less that
    of one region would be that of the others, however few they are, and a family's less those of its skills likewise.

    `before` is what was last shown of the same series, by whichever alert; `changed_reporters` are to be counted from
    every panel and test of which something was shown, the fewest counting. Where few changed, or it is not known,
    quarters shown before stay as they were shown, though the comparison may rest on other reporters now. Where that
    touches the present window, the alert has no counts: their difference from the quarters shown would be the reporters
    who came or went. It then says state, severity and growth.
    """
    told = shown_figures(figures, before.figures if before else None, changed_reporters)
    course = shown_evidence(evidence, before.evidence if before else None, changed_reporters)
    if told is None or course is None:
        return None
    is_carried = before is not None and _is_carried(told, before.figures, changed_reporters)
    if before is not None and not is_carried and not _is_public(evidence):
        fresh = _by_quarter(shown_evidence(evidence) or {"series": []})
        present, earlier = _by_quarter(course), _by_quarter(before.evidence)
        window, base = (earlier.keys() & set(evidence[name]) for name in ("window", "baseline"))
        if any(present[quarter]["is_hidden"] for quarter in window) or _moved(present, fresh, window, COUNTS):
            told |= dict.fromkeys(COUNTS)
        if _moved(present, fresh, window | base, ("raw",)):
            told["raw_growth"] = None
    said = Shown(told, course)
    return _without_counts(said) if "matched" in figures and figures["level"] != Level.SKILL else said


def _without_counts(told: Shown) -> Shown:
    figures = {**told.figures, **dict.fromkeys((*COUNTS, "raw_growth"))}
    nothing = {**dict.fromkeys((*COUNTS, "reporters", "raw")), "is_hidden": True}
    points = [{**point, **nothing} for point in told.evidence["series"]]
    return Shown(figures, {**told.evidence, "series": points})


def shown_figures(
    figures: Figures, before: Figures | None = None, changed_reporters: Changed = None
) -> dict[str, Any] | None:
    """The figures of a test as they may be shown; None where the rule forbids it.

    Of a panel: counts rounded to 5, growth to 2 decimals, p and q to 2 significant digits, growth without the top
    enterprise as a band. Counts are None where the expectation rests on one reporter, since growth and the other count
    would give it; the raw growth, where its difference from the rest would be few reporters. With `before`, the figures
    last shown, all but growth, interval, p and q of the same window and quarter stay as they were until at least five
    reporters changed. Of totals: as they are, if the count is 5 or more.
    """
    if "matched" not in figures:
        return dict(figures) if figures["observed"] >= MINIMUM_REPORTERS else None
    if not is_shown(min(figures["matched"], figures["compared"]), figures["top_portion"]):
        return None
    is_counted = figures["expected_top_portion"] <= LARGEST_SHARE
    is_raw = figures["others"] == 0 or is_shown(figures["others"], figures["others_top_portion"])
    told: dict[str, Any] = {name: figures[name] for name in PLAIN}
    told |= {name: rounded(figures[name]) if is_counted else None for name in COUNTS}
    told |= {name: round(figures[name], 2) for name in ("growth", "lower", "upper")}
    told |= {name: _two_digits(figures[name]) for name in ("p", "q")}
    told |= {name: rounded(figures[name]) for name in ("matched", "compared", "n_eff")}
    told["portion_up"] = rounded(100 * figures["portion_up"]) / 100
    told["raw_growth"] = round(figures["raw_growth"], 2) if is_raw and figures["raw_growth"] is not None else None
    told["growth_without_top"] = _band(figures["growth_without_top"])
    if before is not None and _is_carried(told, before, changed_reporters):
        told |= {name: before[name] for name in CARRIED}
    return told


def shown_evidence(
    evidence: Figures, before: Figures | None = None, changed_reporters: Changed = None
) -> dict[str, Any] | None:
    """The series as it may be shown; None where nothing of it may be.

    A point that fails the rule is empty and marked `is_hidden`. So is a second one where the first alone would follow
    from a sum that is told: the window's points add up to the alert's counts, and over the baseline observed and
    expected add up to the same. The raw sum of a quarter goes with its point, which it would bound, and where few
    reporters make the difference between the two. With `before`, the evidence last shown of the series, a quarter of it
    stays as it was shown until at least five reporters changed there, and stays hidden. Of totals, already public:
    points with a count of 5 or more, as they are.
    """
    if _is_public(evidence):
        return {**evidence, "series": [_public_point(point) for point in evidence["series"]]}
    if "compared" not in evidence or not is_shown(evidence["compared"], evidence["top_portion"]):
        return None
    points: Sequence[Figures] = evidence["series"]
    passed = {point["quarter"]: is_shown(point["reporters"], point["top_portion"]) for point in points}
    if evidence["expected_top_portion"] > LARGEST_SHARE:
        passed |= dict.fromkeys(evidence["window"], False)
    second = _second(points, passed, (evidence["window"], evidence["baseline"]))
    series = [_shown_point(point, passed[point["quarter"]], point["quarter"] in second) for point in points]
    if before is not None:
        then = _by_quarter(before)
        many = {quarter for quarter in then if _is_many(_number(changed_reporters, quarter))}
        series = [_after(then.get(point["quarter"]), point, point["quarter"] in many) for point in series]
    told = {name: value for name, value in evidence.items() if name not in ("top_portion", "expected_top_portion")}
    return told | {"series": series, "compared": rounded(evidence["compared"])}


def _number(changed: Changed, quarter: str) -> int:
    if isinstance(changed, Mapping):
        return changed.get(quarter, 0)
    return changed or 0


def _is_many(reporters: int) -> bool:
    return reporters >= MINIMUM_REPORTERS


def _is_carried(told: Figures, before: Figures, changed: Changed) -> bool:
    """Whether these are figures that were shown, and too few reporters changed in the quarters that they compare."""
    if told["quarter"] != before["quarter"] or told["window"] != before["window"]:
        return False
    last = Quarter.parse(told["quarter"])
    numbers = [_number(changed, str(last.plus(-n))) for n in range(told["window"] + MATCHED_RULE.baseline)]
    return not _is_many(max(numbers)) or any(0 < number < MINIMUM_REPORTERS for number in numbers)


def _is_public(evidence: Figures) -> bool:
    return bool(evidence.get("already_public", False))


def _by_quarter(evidence: Figures) -> dict[str, Figures]:
    return {point["quarter"]: point for point in evidence["series"]}


def _moved(
    present: Mapping[str, Figures], fresh: Mapping[str, Figures], quarters: Collection[str], names: Sequence[str]
) -> bool:
    """Whether what is shown for these quarters is something else than what would be shown anew."""
    return any(present[quarter][name] != fresh[quarter][name] for quarter in quarters for name in names)


def _second(points: Sequence[Figures], passed: Mapping[str, bool], sums: Sequence[Sequence[str]]) -> set[str]:
    """Quarters that go because another one alone would otherwise follow from a sum: those with the fewest reporters."""
    reporters = {point["quarter"]: point["reporters"] for point in points if point["observed"]}
    gone: set[str] = set()
    for quarters in sums:
        known = [quarter for quarter in quarters if quarter in reporters]  # a quarter of nothing hides nothing
        kept = [quarter for quarter in known if passed[quarter]]
        if len(known) - len(kept) == 1 and kept:
            gone.add(min(kept, key=lambda quarter: (reporters[quarter], quarter)))
    return gone


def _shown_point(point: Figures, is_passed: bool, is_second: bool) -> dict[str, Any]:  # noqa: FBT001 - what was found
    is_whole = is_passed and not is_second
    is_apart = point["others"] == 0 or is_shown(point["others"], point["others_top_portion"])
    is_raw = is_whole and is_apart and is_shown(point["raw_reporters"], point["raw_top_portion"])
    return {
        "quarter": point["quarter"],
        **{name: rounded(point[name]) if is_whole and point[name] is not None else None for name in COUNTS},
        "reporters": rounded(point["reporters"]) if is_whole else None,
        "raw": rounded(point["raw"]) if is_raw else None,
        "is_hidden": point["observed"] is not None and not is_whole,
    }


def _after(then: Figures | None, now: dict[str, Any], is_changed: bool) -> dict[str, Any]:  # noqa: FBT001 - as above
    """The point as it was shown, or as it may be now.

    What was hidden once stays hidden: sums that were told then, of the window or of everybody, would give it away
    beside what is told now. So a raw sum is told from the first or never.
    """
    if then is None:
        return now
    if not is_changed or then["is_hidden"] or (then["raw"] is not None and now["raw"] is None):
        return dict(then)
    return now if then["raw"] is not None else now | {"raw": None}


def _public_point(point: Figures) -> dict[str, Any]:
    is_whole = point["observed"] is None or point["observed"] >= MINIMUM_REPORTERS
    return {**point, "is_hidden": not is_whole} | ({} if is_whole else dict.fromkeys(COUNTS))


def _two_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.2g}")


def _band(growth: float) -> dict[str, float | None]:
    """From the one up to below the other of two neighbours among BANDS; None: no end on that side."""
    return {
        "from": max((edge for edge in BANDS if edge <= growth), default=None),
        "below": min((edge for edge in BANDS if edge > growth), default=None),
    }
