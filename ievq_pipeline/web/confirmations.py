"""`/v1/confirmations`: why soft findings are as they should be; for the authority and the engineer."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web import cursors
from ievq_pipeline.web.callers import Caller, TheHouse, must_oversee

router = APIRouter(prefix="/v1/confirmations", tags=["submissions"])


@router.get("")
def of_quarter(
    house: TheHouse,
    key: Caller,
    quarter: str,
    code: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> dict[str, Any]:
    """The reasons given for a quarter, with the submission, cell and value that each is about; the oldest first."""
    must_oversee(key)
    start = cursors.place(cursor)
    rows = house.confirmations(Quarter.parse(quarter), code, start=start, limit=limit + 1)
    return {"items": rows[:limit], "next": cursors.cursor(start + limit) if len(rows) > limit else None}
