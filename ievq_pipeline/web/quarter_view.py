"""The page of quarters and the page of one: what was filed, looked at and told, in numbers by kind of feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ievq_pipeline.db.tables import QuarterRow
from ievq_pipeline.domain.surge.schedule import Kind
from ievq_pipeline.domain.text import Text
from ievq_pipeline.web import alert_wording, coverage_view, figures, layout, quarter_steps
from ievq_pipeline.web.alert_view import look_title, vintage_title
from ievq_pipeline.web.quarter_steps import NOTICES, Course, kind_title
from ievq_pipeline.web.wording import WORDS

#: columns of the table by kind of feed, with the wording of their headings
FEEDS = {
    "expected": "feeds_expected",
    "in_force": "feeds_in_force",
    "files": "files",
    "rejected": "rejected",
    "mended": "mended",
    "quarantined": "quarantined",
    "late": "late",
}
REMINDERS = Text(
    "催报 {made} 次，其中已发出邮件 {mailed} 次，无处可发 {nowhere} 次。",
    "Reminders: {made}; mailed: {mailed}; nowhere to send: {nowhere}.",
)
FILINGS = {"filed": "filings", "counted": "counted", "overlapped": "overlapped"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One quarter of the list: its row, its modes, its tallies by kind, and its notices by their kind."""

    row: QuarterRow
    modes: frozenset[str]
    feeds: Sequence[Mapping[str, Any]]
    notices: Mapping[str, int]


def quarters_page(listed: Sequence[Listed], *, language: str, public_url: str, generated_at: datetime) -> str:
    """Every quarter, the latest first."""
    return layout.render(
        "quarters.html",
        language,
        root="",
        place="quarters",
        public_url=public_url,
        generated_at=generated_at,
        notices=[WORDS[f"notice_{notice}"][language] for notice in NOTICES],
        quarters=[_line(one, language) for one in sorted(listed, key=lambda one: one.row.quarter, reverse=True)],
    )


def _line(one: Listed, language: str) -> dict[str, Any]:
    sums = {name: sum(of[name] for of in one.feeds) for name in FEEDS}
    return _head(one.row, one.modes, language) | {
        "closes": figures.day(one.row.closes_on, language),
        "numbers": [figures.count(sums[name]) for name in ("expected", "in_force", "files", "late")],
        "notices": [figures.count(one.notices.get(notice, 0)) for notice in NOTICES],
    }


def _head(row: QuarterRow, modes: frozenset[str], language: str) -> dict[str, Any]:
    """What a quarter is called, and how it stands."""
    state = "closed" if row.closed_at else "open" if row.opened_at else "planned"
    mode = "history" if modes == {"history"} else "mixed" if "history" in modes else "live"
    return {
        "name": row.quarter,
        "title": figures.quarter(row.quarter, language),
        "state": state,
        "state_word": WORDS[f"quarter_{state}"][language],
        "mode": mode,
        "mode_word": WORDS[f"mode_{mode}"][language],
    }


def quarter_page(course: Course, *, language: str, public_url: str, generated_at: datetime) -> str:
    """One quarter: its calendar, what happened, the numbers by kind of feed, silence, looks and vintages."""
    row = course.row
    calendar = [
        (WORDS["opens_on"][language], figures.day(row.opens_on, language)),
        (WORDS["due_on"][language], figures.day(row.due_on, language)),
        (WORDS["closes_on"][language], figures.day(row.closes_on, language)),
    ]
    if row.closed_at:
        calendar.append((WORDS["closed_on"][language], figures.minute(row.closed_at, language)))
    return layout.render(
        "quarter.html",
        language,
        root="../",
        place="quarters",
        public_url=public_url,
        generated_at=generated_at,
        quarter=_head(row, course.modes, language),
        calendar=calendar,
        steps=quarter_steps.steps(course, language),
        headings=[WORDS[word][language] for word in (FEEDS | FILINGS).values()],
        kinds=[_kind(of, course, language) for of in course.feeds],
        silence=[_silence(of, language) for of in course.silence] if row.closed_at else [],
        coverage=coverage_view.section(course.coverage, language),
        mail=_mail(course, language),
        looks=[_look(of, course, language) for of in course.looks],
        vintages=_vintages(course, language),
    )


def _kind(of: Mapping[str, Any], course: Course, language: str) -> dict[str, Any]:
    filings = course.filings.get(of["kind"], {})
    numbers = [of[name] for name in FEEDS] + [filings.get(name, 0) for name in FILINGS]
    return {"title": kind_title(of["kind"], language), "numbers": [figures.count(number) for number in numbers]}


def _silence(of: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A kind's feeds and members: how many were expected, how many were silent, and their share."""
    numbers = []
    for name in ("feeds", "members"):
        expected, silent = of[name], of[f"silent_{name}"]
        numbers += [figures.count(expected), figures.count(silent), figures.portion(silent, expected)]
    return {"title": kind_title(of["kind"], language), "numbers": numbers}


def _mail(course: Course, language: str) -> str:
    """How many reminders were made and mailed, in a sentence; empty where none was made."""
    made = course.reminders["made"]
    return REMINDERS[language].format(**course.reminders) if made else ""


def _look(of: Mapping[str, Any], course: Course, language: str) -> dict[str, Any]:
    look = of["look"]
    told = quarter_steps.told(course, of, language)
    # a later look keeps the feeds of its vintage's quarter, not of the one looked at
    feeds = "–" if look.kind == Kind.REVISION else f"{look.feeds_in_force:,}/{look.feeds_expected:,}"
    nothing = "told_history" if course.modes == {"history"} else "told_nothing"
    return {
        "title": look_title(look.kind, look.quarter, language),
        "basis": alert_wording.basis(look.basis, language),
        "vintage": of["vintage"].name,
        "made_at": look.made_at.isoformat(),
        "made": figures.minute(look.made_at, language),
        "feeds": feeds,
        "tested": figures.count(look.tested),
        "untested": figures.count(of["untested"]),
        "told": [f"{one['word']} {one['number']}" for one in told] or [WORDS[nothing][language]],
        "rule": look.rule_version,
    }


def _vintages(course: Course, language: str) -> list[dict[str, Any]]:
    """The quarter's own vintages, and the later ones at which it was looked at again; each once, in order."""
    cuts = {cut.id: cut for cut in course.vintages} | {
        of["vintage"].id: of["vintage"] for of in course.looks if of["look"].quarter == course.row.quarter
    }
    return [
        {
            "name": cut.name,
            "title": vintage_title(cut.name, language),
            "basis": alert_wording.basis(cut.basis, language) if cut.basis else WORDS["every_basis"][language],
            "seq": WORDS["nothing_known"][language] if cut.known_seq is None else f"seq:{cut.known_seq}",
            "made_at": cut.made_at.isoformat(),
            "made": figures.minute(cut.made_at, language),
        }
        for cut in sorted(cuts.values(), key=lambda cut: cut.id)
    ]
