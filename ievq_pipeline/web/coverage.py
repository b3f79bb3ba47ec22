"""`/v1/coverage` and `/v1/participation`: who was expected and heard, by segment; for the authority and the engineer.

No reporter is named; but a segment may be so small that its numbers are those of one.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from ievq_pipeline.db import coverage as measured
from ievq_pipeline.domain.coverage import DIMENSIONS
from ievq_pipeline.domain.organisation import Dimension
from ievq_pipeline.domain.participation import flat
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web.callers import Caller, TheHouse, must_oversee
from ievq_pipeline.web.observations import CSV, JSON, as_csv

router = APIRouter(prefix="/v1", tags=["coverage"])
AsOf = Annotated[str, Query(description="A date (its end), an instant, or seq:N; without it, now.")]
Basis = Annotated[str, Query(description="What is covered: job-demand or technology.")]
BY = "|".join(DIMENSIONS)


@router.get("/coverage")
def coverage(
    house: TheHouse, key: Caller, quarter: str, basis: Basis = "job-demand", as_of: AsOf = ""
) -> dict[str, Any]:
    """Expected, received, late, silent, zero reports and quarantined openings of a quarter, by segment.

    `at_closing` is what the quarter's closing kept: the same for ever.
    """
    must_oversee(key)
    asked, seq = Quarter.parse(quarter), house.cut(as_of)
    with house.sessions() as session:
        return measured.told(session, basis, asked, seq)


@router.get("/participation", responses={200: {"content": {JSON: {}, CSV: {}}}}, response_model=None)
def participation(
    request: Request,
    house: TheHouse,
    key: Caller,
    first: Annotated[str, Query(alias="from", description="The first quarter; without it, the first there is.")] = "",
    last: Annotated[str, Query(alias="to", description="The last quarter; without it, the last that is closed.")] = "",
    by: Annotated[str, Query(pattern=f"^({BY})$")] = "ownership",
    basis: Basis = "job-demand",
    as_of: AsOf = "",
    format: Annotated[str, Query(pattern="^(csv|json)?$")] = "",  # noqa: A002 - as callers name it
) -> Response | dict[str, Any]:
    """Over closed quarters: how often each segment's reporters reported, and how many have long been silent.

    CSV where `format=csv` or the `Accept` header asks for it, else JSON.
    """
    must_oversee(key)
    window = (Quarter.parse(first) if first else None, Quarter.parse(last) if last else None)
    seq = house.cut(as_of)
    with house.sessions() as session:
        told = measured.participation(session, basis, Dimension(by), window, seq)
    if format == "csv" or (not format and CSV in request.headers.get("accept", "")):
        return StreamingResponse(as_csv(map(flat, told["items"])), media_type=f"{CSV}; charset=utf-8")
    return told
