"""Participation: over several quarters, how often each segment's reporters were heard, and who has long been silent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ievq_pipeline.domain.coverage import share

#: silent for so many quarters in a row, up to the last of the window
STREAKS = (2, 4)


@dataclass(frozen=True, slots=True)
class Attended:
    """One quarter: by reporter expected, its segment at the quarter's end (None: not told), and if it was heard."""

    quarter: str
    reporters: Mapping[UUID, tuple[str | None, bool]]


def participation(quarters: Sequence[Attended]) -> list[dict[str, Any]]:
    """By segment, in order, those not told last, and before them all together (`value` "*").

    The quarters come in calendar order. `reported` is of pairs of reporter and quarter; a reporter counts in each
    quarter for the segment that it had then. The streaks are of the reporters expected in the last quarter, by the
    segment of that: a streak goes back from there, and ends at a quarter in which the reporter was heard or not
    expected. One of four quarters cannot be told from a window of three, and has then no reporters to be a share of.
    """
    if not quarters:
        return []
    window = f"{quarters[0].quarter}/{quarters[-1].quarter}"
    pairs: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for attended in quarters:
        for value, is_heard in attended.reporters.values():
            for segment in ("*", value):
                pairs[segment][0] += 1
                pairs[segment][1] += is_heard
    last: dict[str | None, list[int]] = defaultdict(list)
    for one, (value, _) in quarters[-1].reporters.items():
        for segment in ("*", value):
            last[segment].append(silent_quarters(quarters, one))
    rows = []
    for segment in sorted(pairs, key=lambda value: (value != "*", value is None, value or "")):
        expected, reported = pairs[segment]
        streaks = last.get(segment, [])
        told = {"value": segment, "reporters": len(streaks), "reported": share(reported, expected, window)}
        for least in STREAKS:
            of = len(streaks) if len(quarters) >= least else 0
            told[f"silent_{least}"] = share(sum(streak >= least for streak in streaks) if of else 0, of, window)
        rows.append(told)
    return rows


def silent_quarters(quarters: Sequence[Attended], reporter: UUID) -> int:
    """For how many quarters in a row, up to the last, it was expected and not heard."""
    streak = 0
    for attended in reversed(quarters):
        found = attended.reporters.get(reporter)
        if found is None or found[1]:
            break
        streak += 1
    return streak


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table as the columns of a CSV file: every number of a share in a column of its own."""
    columns: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            columns |= {f"{name}_{part}": value[part] for part in ("numerator", "denominator", "share")}
            columns["window"] = value["window"]
        else:
            columns[name] = value
    return columns
