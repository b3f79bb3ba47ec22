"""What happened in a quarter, step by step in the order of time: each step a sentence, some with what they told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ievq_pipeline.db.tables import AlertRevision, QuarterRow, Vintage
from ievq_pipeline.domain.contracts import CONTRACTS
from ievq_pipeline.domain.coverage import Covered
from ievq_pipeline.domain.text import Text
from ievq_pipeline.web import alert_wording, figures
from ievq_pipeline.web.alert_view import look_title, vintage_title
from ievq_pipeline.web.wording import WORDS

#: in the order in which notices are told of
NOTICES = ("issued", "updated", "withdrawn", "expired")


@dataclass(frozen=True, slots=True)
class Course:
    """All that is counted of one quarter; see `db.tallies` for each of them."""

    row: QuarterRow
    modes: frozenset[str]
    feeds: Sequence[Mapping[str, Any]]
    filings: Mapping[str, Mapping[str, Any]]
    mended_at: Mapping[str, datetime]
    silence: Sequence[Mapping[str, Any]]
    #: by basis, what the closing kept
    coverage: Mapping[str, Sequence[Covered]]
    #: how many were made, mailed, and had nowhere to go
    reminders: Mapping[str, int]
    vintages: Sequence[Vintage]
    looks: Sequence[Mapping[str, Any]]
    notices: Sequence[AlertRevision]
    #: by kind, the quarter in whose vintage the first late filing counts, if any does yet
    late_from: Mapping[str, str | None]

    def told_by(self, look_id: int) -> list[AlertRevision]:
        return [one for one in self.notices if one.look_id == look_id]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: when, and a sentence; of a look also its notices and how many were not shown."""

    at: datetime
    sentence: Text
    look: Mapping[str, Any] | None = None


def kind_title(kind: str, language: str) -> str:
    return CONTRACTS[kind].title[language] if kind in CONTRACTS else kind


def steps(course: Course, language: str) -> list[dict[str, Any]]:
    """The steps as the page prints them."""
    found = sorted([*_calendar(course), *_files(course), *_looks(course, language)], key=lambda step: step.at)
    return [
        {
            "at": step.at.isoformat(),
            "day": figures.minute(step.at, language),
            "sentence": step.sentence[language],
            "told": told(course, step.look, language) if step.look else [],
            "withheld": withheld(step.look, language) if step.look else None,
        }
        for step in found
    ]


def told(course: Course, look: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """What a look told, by kind of notice: each alert in few words."""
    revisions = course.told_by(look["look"].id)
    return [
        {
            "word": WORDS[f"notice_{notice}"][language],
            "number": len(of),
            "alerts": [
                {
                    "id": str(one.alert_id),
                    "title": alert_wording.subject(one.body, language),
                    "ratio": f"×{figures.ratio(one.body['growth']['estimate'])}",
                }
                for one in of
            ],
        }
        for notice in NOTICES
        if (of := [one for one in revisions if one.notice == notice])
    ]


def withheld(look: Mapping[str, Any], language: str) -> str | None:
    return WORDS["withheld"][language].format(n=look["withheld"]) if look["withheld"] else None


def _calendar(course: Course) -> Iterator[Step]:
    if course.row.opened_at is not None:
        yield Step(course.row.opened_at, WORDS["step_history" if course.modes == {"history"} else "step_opened"])
    if course.row.closed_at is not None:
        seq = next((cut.known_seq for cut in course.vintages if cut.kind == "closing"), None)
        known = WORDS["nothing_known"] if seq is None else Text(f"seq:{seq}", f"seq:{seq}")
        yield Step(course.row.closed_at, _worded("step_closed", seq=known))


def _files(course: Course) -> Iterator[Step]:
    for of in course.feeds:
        kind = CONTRACTS[of["kind"]].title if of["kind"] in CONTRACTS else Text(of["kind"], of["kind"])
        if of["in_time"]:
            in_time = {"feeds": of["in_time"], "expected": of["expected"], "files": of["files"] - of["late"]}
            yield Step(of["first_at"], _worded("step_received", kind=kind, **in_time))
        if of["rejected"]:
            yield Step(of["rejected_at"], _worded("step_rejected", kind=kind, n=of["rejected"]))
        if of["mended"]:
            yield Step(course.mended_at[of["kind"]], _worded("step_mended", kind=kind, n=of["mended"]))
        if of["quarantined"]:
            yield Step(of["quarantined_at"], _worded("step_quarantined", kind=kind, n=of["quarantined"]))
        if of["withdrawn"]:
            yield Step(of["withdrawn_at"], _worded("step_withdrawn", kind=kind, n=of["withdrawn"]))
        filings = course.filings.get(of["kind"], {})
        if filings.get("overlapped"):
            yield Step(filings["overlapped_at"], _worded("step_overlapped", kind=kind, n=filings["overlapped"]))
        if of["late"]:
            late = {"files": of["late"], "filings": filings.get("late", 0)}
            yield Step(of["late_at"], _worded("step_late", kind=kind, vintage=_late(course, of["kind"]), **late))


def _late(course: Course, kind: str) -> Text:
    """From when on late filings count."""
    if not course.filings.get(kind, {}).get("late"):
        return WORDS["late_nothing"]
    quarter = course.late_from.get(kind)
    if quarter is None:
        return WORDS["late_next"]
    return Text(*(WORDS["late_from"][one].format(quarter=figures.quarter(quarter, one)) for one in ("zh", "en")))


def _looks(course: Course, language: str) -> Iterator[Step]:
    for of in course.looks:
        look, vintage = of["look"], of["vintage"]
        named = look_title(look.kind, look.quarter, language)
        if look.kind == "revision":
            named += WORDS["comma"][language] + vintage_title(vintage.name, language)
        basis = alert_wording.basis(look.basis, language)
        sentence = _worded("step_look", look=named, basis=basis, tested=figures.count(look.tested))
        yield Step(look.made_at, sentence, of)


def _worded(key: str, **values: Any) -> Text:
    """An entry with its places filled: texts by their language, numbers as they are written."""
    return Text(
        *(
            WORDS[key][language].format(
                **{
                    name: value[language]
                    if isinstance(value, Text)
                    else figures.count(value)
                    if isinstance(value, int)
                    else value
                    for name, value in values.items()
                }
            )
            for language in ("zh", "en")
        )
    )
