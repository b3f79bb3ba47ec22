"""The page of quarters and the page of one quarter."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from ievq_pipeline.db import coverage, quarters, reminders, tallies
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web import layout, quarter_view
from ievq_pipeline.web.callers import TheHouse
from ievq_pipeline.web.problems import language_of
from ievq_pipeline.web.quarter_steps import Course
from ievq_pipeline.web.quarter_view import Listed

router = APIRouter(prefix="/quarters", include_in_schema=False)


@router.get("")
def quarters_page(request: Request, house: TheHouse) -> HTMLResponse:
    with house.sessions() as session:
        modes, notices, feeds = tallies.modes(session), tallies.notice_counts(session), tallies.feeds(session)
        listed = [
            Listed(
                row=row,
                modes=frozenset(modes.get(row.quarter, ())),
                feeds=[of for of in feeds if of["quarter"] == row.quarter],
                notices=notices.get(row.quarter, {}),
            )
            for row in quarters.every(session)
        ]
        html = quarter_view.quarters_page(
            listed,
            language=language_of(request),
            public_url=house.settings.public_url,
            generated_at=datetime.now(UTC),
        )
    return HTMLResponse(html, headers=layout.HEADERS)


@router.get("/{quarter}")
def quarter_page(quarter: str, request: Request, house: TheHouse) -> HTMLResponse:
    """Raises NotAQuarter, UnknownQuarter."""
    with house.sessions() as session:
        html = quarter_view.quarter_page(
            _course(session, str(Quarter.parse(quarter))),
            language=language_of(request),
            public_url=house.settings.public_url,
            generated_at=datetime.now(UTC),
        )
    return HTMLResponse(html, headers=layout.HEADERS)


def _course(session: Session, quarter: str) -> Course:
    row = quarters.named(session, quarter)
    looks, filings = tallies.looks(session, quarter), tallies.filings(session, quarter)
    late = {kind: of["late_seq"] for kind, of in filings.items() if of["late_seq"] is not None}
    held = {kind: tallies.vintage_with(session, seq) for kind, seq in late.items()}
    return Course(
        row=row,
        modes=frozenset(tallies.modes(session).get(quarter, ())),
        feeds=tallies.feeds(session, quarter),
        filings=filings,
        mended_at=tallies.mended_at(session, quarter),
        silence=tallies.silence(session, quarter),
        coverage=coverage.kept(session, quarter),
        reminders=reminders.tally(session, quarter),
        vintages=tallies.vintages(session, quarter),
        looks=looks,
        notices=tallies.notices(session, [of["look"].id for of in looks]),
        late_from={kind: cut.quarter if cut else None for kind, cut in held.items()},
    )
