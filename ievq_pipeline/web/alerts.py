"""`/v1/alerts` and the alert feeds: what was told, in the order it was told."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ievq_pipeline.db import alerts
from ievq_pipeline.web import alert_feeds, cursors
from ievq_pipeline.web.callers import TheHouse
from ievq_pipeline.web.problems import language_of

router = APIRouter(tags=["alerts"])
#: a place in the feed, before which older notices stand
Place = Annotated[int | None, Query(ge=1, lt=1 << 63)]
#: alerts in one document of an alert feed
FEED_LENGTH = 200


@router.get("/v1/alerts")
def list_alerts(
    request: Request,
    response: Response,
    house: TheHouse,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    skill: str | None = None,
    dimension: str | None = None,
    region: str | None = None,
    industry: str | None = None,
    severity: str | None = None,
    state: str | None = None,
    quarter: str | None = None,
) -> dict[str, Any]:
    """Notices in `feed_seq` order, each as it was told. `next` gives the rest; the last one used asks for news."""
    wanted = {"skill": skill, "dimension": dimension, "region": region, "industry": industry}
    wanted |= {"severity": severity, "state": state, "quarter": quarter}
    given = {name: value.replace("\0", "\ufffd") for name, value in wanted.items() if value is not None}
    after = cursors.place(cursor)
    with house.sessions() as session:
        found = alerts.notices(session, after=after, limit=limit + 1, **given)
        items = [notice.body for notice in found[:limit]]
    following = cursors.cursor(items[-1]["feed_seq"]) if len(found) > limit else None
    if following:
        query = request.url.include_query_params(cursor=following).query
        response.headers["Link"] = f'<{house.settings.public_url}{request.url.path}?{query}>; rel="next"'
    return {"items": items, "next": following}


@router.get("/v1/alerts/{alert_id}")
def latest(alert_id: str, house: TheHouse) -> dict[str, Any]:
    """The latest revision of an alert."""
    with house.sessions() as session:
        return alerts.revisions(session, alert_id)[-1].body


@router.get("/v1/alerts/{alert_id}/revisions")
def revisions(alert_id: str, house: TheHouse) -> dict[str, Any]:
    """Every revision, oldest first."""
    with house.sessions() as session:
        return {"items": [revision.body for revision in alerts.revisions(session, alert_id)]}


@router.get("/v1/alerts/{alert_id}/evidence")
def evidence(alert_id: str, house: TheHouse) -> dict[str, Any]:
    """What the latest revision rests on: the series, and the quarters compared."""
    with house.sessions() as session:
        return alerts.revisions(session, alert_id)[-1].evidence


@router.get(f"/{alert_feeds.JSON_PATH}")
def json_feed(request: Request, house: TheHouse, before: Place = None) -> Response:
    """The alert feed as JSON Feed 1.1; `before` a place in the feed, older ones."""
    told = _told(house, before, alert_feeds.JSON_PATH)
    body = alert_feeds.json_feed(**told, public_url=house.settings.public_url, language=language_of(request))
    return JSONResponse(body, media_type=alert_feeds.JSON_TYPE)


@router.get(f"/{alert_feeds.ATOM_PATH}")
def atom(request: Request, house: TheHouse, before: Place = None) -> Response:
    """The alert feed as Atom; `before` a place in the feed, older ones."""
    told = _told(house, before, alert_feeds.ATOM_PATH)
    moments = [datetime.fromisoformat(alert["updated_at"]) for alert in told["alerts"]]
    updated = max(moments, default=datetime.fromtimestamp(0, UTC))
    body = alert_feeds.atom(
        **told, public_url=house.settings.public_url, updated=updated, language=language_of(request)
    )
    return Response(body, media_type=alert_feeds.ATOM_TYPE)


def _told(house: TheHouse, before: int | None, path: str) -> dict[str, Any]:
    """The latest of each alert, what stood before each, and where the older ones are."""
    with house.sessions() as session:
        found = alerts.latest(session, FEED_LENGTH + 1, before)
        kept = found[:FEED_LENGTH]
        earlier = alerts.ones_before(session, kept)
    older = f"{house.settings.public_url}/{path}?before={kept[-1].feed_seq}" if len(found) > len(kept) else None
    return {"alerts": [row.body for row in kept], "before": earlier, "next_url": older}
