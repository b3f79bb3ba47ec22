"""The page of alerts, the page of one alert, and their stylesheet."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ievq_pipeline.db import alerts, looks
from ievq_pipeline.web import rendering
from ievq_pipeline.web.callers import TheHouse
from ievq_pipeline.web.problems import language_of

router = APIRouter(include_in_schema=False)
HEADERS = {
    "Content-Security-Policy": rendering.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language",
}


@router.get("/")
@router.get("/alerts")
def alerts_page(request: Request, house: TheHouse) -> HTMLResponse:
    with house.sessions() as session:
        items = [{"alert": row.body, "evidence": row.evidence} for row in alerts.latest(session)]
        tested = rendering.LookedAt(**looks.summary(session))
    html = rendering.alerts_page(
        items,
        language=language_of(request),
        public_url=house.settings.public_url,
        generated_at=datetime.now(UTC),
        tested=tested,
    )
    return HTMLResponse(html, headers=HEADERS)


@router.get("/alerts/{alert_id}")
def alert_page(alert_id: str, request: Request, house: TheHouse) -> HTMLResponse:
    with house.sessions() as session:
        revisions = alerts.revisions(session, alert_id)
        latest = revisions[-1]
    html = rendering.alert_page(
        latest.body,
        latest.evidence,
        [revision.body for revision in revisions],
        language=language_of(request),
        public_url=house.settings.public_url,
        generated_at=datetime.now(UTC),
    )
    return HTMLResponse(html, headers=HEADERS)


@router.get(f"/{rendering.STYLESHEET_PATH}")
def stylesheet() -> Response:
    return Response(
        rendering.stylesheet(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000"}
    )
