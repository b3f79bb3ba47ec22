"""`/v1/observations`: what is in force, or was, row by row; for the authority and the engineer."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from ievq_pipeline.adapters.answers import FORMULA
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web.callers import Caller, TheHouse, must_oversee
from ievq_pipeline.web.contract_schema import observations_schema

router = APIRouter(prefix="/v1/observations", tags=["observations"])
CSV, JSON = "text/csv", "application/json"
#: rows sent at a time
BLOCK = 2_000
FORMULA_AT_START = re.compile(FORMULA)


@router.get("", responses={200: {"content": {JSON: {"schema": observations_schema()}, CSV: {}}}})
def in_force(
    request: Request,
    house: TheHouse,
    key: Caller,
    kind: str,
    quarter: str,
    as_of: Annotated[str, Query(description="A date (its end), an instant, or seq:N; without it, now.")] = "",
    format: Annotated[str, Query(pattern="^(csv|json)?$")] = "",  # noqa: A002 - as callers name it
) -> StreamingResponse:
    """Every row that counts in the quarter: reporter, the row's codes, value, submission, known_from.

    CSV where `format=csv` or the `Accept` header asks for it, else JSON; streamed, never cut.
    """
    must_oversee(key)
    rows = house.observations(kind, Quarter.parse(quarter), as_of)
    first = next(rows, None)  # what is wrong with the question shows before anything is sent
    told = _again(first, rows)
    if format == "csv" or (not format and CSV in request.headers.get("accept", "")):
        return StreamingResponse(as_csv(told), media_type=f"{CSV}; charset=utf-8")
    return StreamingResponse(_json(told), media_type=JSON)


def _again(first: dict[str, Any] | None, rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if first is not None:
        yield first
        yield from rest


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Rows as CSV under their names, in parts; no text in it is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow(_cell(value) for value in row.values())
        if number % BLOCK == BLOCK - 1:
            yield _taken(text)
    yield _taken(text)


def _cell(value: Any) -> Any:
    """As it stands in the file: no text of a submitter's is a formula."""
    text = ";".join(value) if isinstance(value, list) else value
    return FORMULA_AT_START.sub(r"'\g<0>", text) if isinstance(text, str) else text


def _taken(text: io.StringIO) -> str:
    value = text.getvalue()
    text.seek(0)
    text.truncate()
    return value


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield '{"items": ['
    for number, row in enumerate(rows):
        yield (", " if number else "") + json.dumps(row, ensure_ascii=False, default=str)
    yield "]}"
