"""The page of one submission: the verdict, what to do next, and the faults grouped for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from ievq_pipeline.adapters.annotated.words import place
from ievq_pipeline.adapters.catalogues import Catalogue, catalogue
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.finding import Finding, letters
from ievq_pipeline.domain.finding_groups import Group, grouped
from ievq_pipeline.domain.finding_words import FindingWords
from ievq_pipeline.web import figures, layout, submission_difference, submission_wording, wording

#: wrong values that a group shows, and characters of each
MOST_VALUES, LONGEST_VALUE = 8, 80
#: groups that stand open, and lines of all that do: a short answer is read without a click
OPEN, OPEN_LINES = 3, 40
#: what can be fetched from the page
FILES = (("workbook", "annotated.xlsx"), ("csv", "findings.csv"), ("template", "template.xlsx"))


def submission_page(
    told: Mapping[str, Any],
    checked: tuple[Contract, Iterable[Finding]] | None,
    *,
    language: str,
    public_url: str,
    generated_at: datetime,
    token: str | None = None,
    difference: tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]] | None = None,
) -> str:
    """`told` is the receipt with state, verdict and counts; without `checked` the file is still being checked.

    `difference` is what changed since the submission that was in force before, as the house tells it.
    """
    c = catalogue(language)
    contract, findings = checked or (None, ())
    words = FindingWords(contract, language) if contract else None
    groups = grouped(findings, words.severity) if words else []
    asked = {"token": token} if token else {}
    return layout.render(
        "submission.html",
        language,
        root="../",
        place="submissions",
        public_url=public_url,
        generated_at=generated_at,
        asked=asked,
        _=c.gettext,
        verdict=_head(told, groups, c, language),
        steps=submission_wording.steps(told, groups, c),
        sections=[
            _section(severity, groups, words, c) for severity in Severity if words and _of(severity, groups)
        ],
        changes=[_change(one, contract, language) for one in told["normalised"]],
        facts=_facts(told, c, language),
        difference=submission_difference.seen(*difference, contract, language, c) if difference and contract else None,
        files={
            name: f"../v1/submissions/{told['submission_id']}/{path}?{urlencode({**asked, 'lang': language})}"
            for name, path in FILES
        } if contract else None,
    )  # fmt: skip


def _of(severity: Severity, groups: Iterable[Group]) -> list[Group]:
    return [group for group in groups if group.severity is severity]


def _head(told: Mapping[str, Any], groups: list[Group], c: Catalogue, language: str) -> dict[str, Any]:
    return {
        "state": told["verdict"] or "checking",
        "state_word": submission_wording.state(told, c),
        "sentence": submission_wording.verdict(told, groups, c),
        "counts": submission_wording.counts(told, groups, c),
        "note": submission_wording.note(told, c),
        "is_checking": told["verdict"] is None,
        "quarter": figures.quarter(told["quarter"], language),
    }


def _section(severity: Severity, groups: list[Group], words: FindingWords | None, c: Catalogue) -> dict[str, Any]:
    mine = _of(severity, groups)
    lines = list(accumulate(min(len(group.values), MOST_VALUES) for group in mine))
    assert words is not None  # noqa: S101 - a section has findings, so there is a contract
    return {
        "severity": str(severity),
        "title": submission_wording.section(severity, sum(group.count for group in mine), c),
        "groups": [
            _group(group, words, c, is_open=at < OPEN or lines[at] <= OPEN_LINES) for at, group in enumerate(mine)
        ],
    }


def _group(group: Group, words: FindingWords, c: Catalogue, *, is_open: bool) -> dict[str, Any]:
    first = group.first[0]
    values = group.commonest[:MOST_VALUES]
    more = group.count - sum(seen.count for _, seen in values)
    return {
        "count": figures.count(group.count),
        "unit": submission_wording.unit(first, group.count, c),
        "title": submission_wording.fault(
            words.rule(first).title[words.language],
            column=words.title(group.column),
            letters=letters(first.position) if first.cell and first.position is not None else "",
            c=c,
        ),
        "code": group.code,
        "remedy": words.remedy(first),
        "is_open": is_open,
        "values": [
            {
                "value": shown(value or ""),
                "count": figures.count(seen.count),
                "places": [place(finding, c) for finding in seen.first],
                "has_more": seen.count > len(seen.first),
                "message": shown(words.message(seen.first[0]), longest=4 * LONGEST_VALUE),
            }
            for value, seen in values
        ],
        "more": submission_wording.more(more, c) if more else None,
    }


def shown(text: str, longest: int = LONGEST_VALUE) -> str:
    """A value as it stands in the file, cut, with what cannot be seen made visible."""
    cut = f"{text[:longest]}…" if len(text) > longest else text
    visible = "".join(chr(0x2400 + ord(c)) if c < " " else c for c in cut)
    return wording.printable(visible)


def _change(change: Mapping[str, Any], contract: Contract | None, language: str) -> dict[str, Any]:
    titles = {field.code: field.title[language] for field in contract.fields} if contract else {}
    known = NORMALISED.get(change["code"])
    return {
        "meaning": known[language] if known else change["code"],
        "column": titles.get(change["column"], change["column"] or ""),
        "count": figures.count(change["count"]),
        "cell": change["cell"] or "",
        "before": shown(change["from"]),
        "after": shown(change["to"]),
    }


def _facts(told: Mapping[str, Any], c: Catalogue, language: str) -> list[tuple[str, str]]:
    file = told["file"] or {}
    given = [
        (c.gettext("File"), shown(str(file.get("name") or ""))),
        (c.gettext("Sheet"), shown(str(file.get("sheet") or ""))),
        (c.gettext("Encoding"), str(file.get("encoding") or "").upper()),
        (c.gettext("Header in row"), str(file.get("header_row") or "")),
        (c.gettext("Received"), figures.minute(datetime.fromisoformat(told["received_at"]), language)),
        (c.gettext("Receipt"), str(told["submission_id"])),
        ("SHA-256", str(told["sha256"])),
    ]
    return [(name, value) for name, value in given if value]
