"""`/v1/submissions`: hand a file in, read its answer."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from ievq_pipeline.adapters import answer_links
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db.tables import ApiKey
from ievq_pipeline.domain.errors import BadCall, UnknownSubmission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text
from ievq_pipeline.stages.confirm import Word
from ievq_pipeline.stages.mend import MendedRow
from ievq_pipeline.stages.receive import HandedIn
from ievq_pipeline.web import cursors
from ievq_pipeline.web.callers import Caller, TheHouse, must_see, must_serve
from ievq_pipeline.web.upload_cap import must_fit

NEEDED = Text(
    "需要 multipart 表单，含 feed、quarter 和 file 三项", "a multipart form with feed, quarter and file is needed"
)
router = APIRouter(prefix="/v1/submissions", tags=["submissions"])
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["feed", "quarter", "file"],
                    "properties": {
                        "feed": {"type": "string"},
                        "quarter": {"type": "string", "examples": ["2025-Q3"]},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


@router.post(
    "", status_code=201, responses={200: {"description": "The same file before: its receipt."}}, openapi_extra=FORM
)
async def hand_in(
    request: Request,
    response: Response,
    house: TheHouse,
    key: Caller,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> dict[str, Any]:
    """Hand a file in for a feed and a quarter: 201 with a receipt, or 200 with that of the same file before."""
    async with request.form(max_files=1, max_fields=10) as form:
        feed, quarter, file = form.get("feed"), form.get("quarter"), form.get("file")
        if not isinstance(feed, str) or not isinstance(quarter, str) or not isinstance(file, UploadFile):
            raise BadCall(why=NEEDED)
        must_serve(key, feed)
        name = (file.filename or "").replace("\0", "\ufffd")[:255]  # the database takes no NUL in a text
        await run_in_threadpool(must_fit, file, house.settings.workbook_cap_mb)
        # it lies on disk where it is large, and is read there
        handed_in = HandedIn(feed, str(Quarter.parse(quarter)), name, file.file, key.id, idempotency_key or None)
        submission_id, is_new = await run_in_threadpool(house.receive, handed_in)
    request.app.state.worker.wake()
    receipt = await run_in_threadpool(house.receipt, submission_id)
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = receipt["url"]
    return receipt


@router.get("/{submission_id}")
def answer(submission_id: str, house: TheHouse, key: Caller) -> dict[str, Any]:
    """The receipt, with state, verdict and counts once the file is checked, and where its findings are."""
    receipt = house.submission(submission_id)
    must_see(key, receipt["feed"], submission_id)
    token = answer_links.token(house.secret_box, submission_id, key.id)
    links = {
        "findings": f"{receipt['url']}/findings",
        "rows": f"{receipt['url']}/rows?state=quarantined",
        "findings_csv": f"{receipt['url']}/findings.csv",
        "annotated": f"{receipt['url']}/annotated.xlsx",
        "page": f"{house.settings.public_url}/submissions/{receipt['submission_id']}?token={token}",
    }
    return receipt | {"links": links}


class Withdrawal(BaseModel):
    """Why a submission is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class Reason(BaseModel):
    """The submitter's word on soft findings of a code; row, column or value say on which of them."""

    code: str
    reason: str
    text: Annotated[str, Field(max_length=2_000)] = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None


@router.post("/{submission_id}/withdrawal")
def withdraw(submission_id: str, given: Withdrawal, house: TheHouse, key: Caller) -> dict[str, Any]:
    """Take a submission back: nothing of its feed counts for the quarter any more. Again changes nothing."""
    _must_act(key, house, submission_id)
    house.withdraw(submission_id, given.reason)
    return house.submission(submission_id)


@router.post("/{submission_id}/confirmation")
def confirm(submission_id: str, given: list[Reason], house: TheHouse, key: Caller) -> dict[str, Any]:
    """Say why each soft finding is as it should be; the submission is then accepted."""
    _must_act(key, house, submission_id)
    house.confirm(submission_id, [Word(**reason.model_dump()) for reason in given], key.id)
    return house.submission(submission_id)


def _must_act(key: ApiKey, house: House, submission_id: str) -> None:
    """Only whoever may hand in for the feed. Raises UnknownSubmission for others."""
    if house.submission(submission_id)["feed"] not in key.feeds:
        raise UnknownSubmission(name=submission_id)


class Mended(BaseModel):
    """Of one row of the file, the cells that should read otherwise, by the contract's codes."""

    row: Annotated[int, Field(ge=1)]
    values: dict[str, Annotated[str, Field(max_length=32_767)]]


@router.post("/{submission_id}/rows", status_code=201, responses={200: {"description": "Mended so already."}})
async def mend(
    submission_id: str, given: list[Mended], request: Request, response: Response, house: TheHouse, key: Caller
) -> dict[str, Any]:
    """Mend rows without handing the file in again: a new submission of the same file, whose receipt this is."""
    await run_in_threadpool(_must_act, key, house, submission_id)
    rows = [MendedRow(one.row, one.values) for one in given]
    mended_id, is_new = await run_in_threadpool(house.mend, submission_id, rows, key.id)
    request.app.state.worker.wake()
    receipt = await run_in_threadpool(house.receipt, mended_id)
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = receipt["url"]
    return receipt


@router.get("/{submission_id}/rows")
def rows(
    submission_id: str,
    house: TheHouse,
    key: Caller,
    state: Literal["quarantined"] = "quarantined",  # noqa: ARG001 - there are no others to ask for
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """The rows to be mended: their cells as they stand in the file, by the contract's codes, and what is wrong."""
    must_see(key, house.submission(submission_id)["feed"], submission_id)
    items, total = house.quarantined(submission_id, after=cursors.place(cursor), limit=limit + 1)
    more = cursors.cursor(items[limit - 1]["row"]) if len(items) > limit else None
    return {"items": items[:limit], "total": total, "next": more}


@router.get("/{submission_id}/difference")
def difference(
    submission_id: str,
    house: TheHouse,
    key: Caller,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> dict[str, Any]:
    """What the submission changed against the one in force before it, cell by cell, and which alerts it revised."""
    must_see(key, house.submission(submission_id)["feed"], submission_id)
    start = cursors.place(cursor)
    told, cells = house.difference(submission_id)
    end = start + limit
    return told | {"cells": cells[start:end], "next": cursors.cursor(end) if end < len(cells) else None}


@router.get("/{submission_id}/findings")
def findings(
    submission_id: str,
    house: TheHouse,
    key: Caller,
    code: str | None = None,
    severity: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> dict[str, Any]:
    """Everything wrong in the file, cell by cell, in the order of the file; never sampled."""
    must_see(key, house.submission(submission_id)["feed"], submission_id)
    start = cursors.place(cursor)
    items, total = house.findings_page(submission_id, code=code, severity=severity, start=start, limit=limit)
    end = start + limit
    return {"items": items, "total": total, "next": cursors.cursor(end) if end < total else None}
