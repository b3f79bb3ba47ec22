"""The page of alerts, the page of one alert, and their stylesheet."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ievq_pipeline.db import alerts, looks
from ievq_pipeline.web import layout, rendering
from ievq_pipeline.web.alert_view import Told
from ievq_pipeline.web.alerts import Place
from ievq_pipeline.web.callers import TheHouse
from ievq_pipeline.web.problems import language_of

router = APIRouter(include_in_schema=False)
#: alerts on one page of the list
PAGE = 200


@router.get("/")
@router.get("/alerts")
def alerts_page(request: Request, house: TheHouse, basis: str | None = None, before: Place = None) -> HTMLResponse:
    with house.sessions() as session:
        found = alerts.latest(session, PAGE + 1, before)
        tested = rendering.LookedAt(**looks.summary(session))
    html = rendering.alerts_page(
        [Told(row.body, row.figures, row.evidence) for row in found[:PAGE]],
        language=language_of(request),
        public_url=house.settings.public_url,
        generated_at=datetime.now(UTC),
        tested=tested,
        basis=basis or None,
        older=found[PAGE - 1].feed_seq if len(found) > PAGE else None,
    )
    return HTMLResponse(html, headers=layout.HEADERS)


@router.get("/alerts/{alert_id}")
def alert_page(alert_id: str, request: Request, house: TheHouse) -> HTMLResponse:
    with house.sessions() as session:
        found = alerts.revisions(session, alert_id)
        behind = looks.behind(session, found[0].alert_id)
    html = rendering.alert_page(
        [Told(row.body, row.figures, row.evidence, behind.get(row.revision)) for row in found],
        language=language_of(request),
        public_url=house.settings.public_url,
        generated_at=datetime.now(UTC),
    )
    return HTMLResponse(html, headers=layout.HEADERS)


@router.get(f"/{layout.STYLESHEET_PATH}")
def stylesheet() -> Response:
    return Response(layout.stylesheet(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000"})
