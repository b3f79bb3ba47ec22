"""The answer to a submission for people: its page, its findings as CSV, and its workbook."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, StreamingResponse
from starlette.background import BackgroundTask

from ievq_pipeline.adapters import answer_csv
from ievq_pipeline.adapters.annotated import MEDIA_TYPE
from ievq_pipeline.adapters.catalogues import catalogue
from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.errors import NotCheckedYet
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.web import layout, submission_view
from ievq_pipeline.web.callers import Reader, TheHouse, must_see
from ievq_pipeline.web.problems import language_asked

router = APIRouter()
#: characters of a submitter's file name that its answer repeats
LONGEST_NAME = 80
#: an answer is its reader's alone
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def language_for(request: Request, told: dict[str, Any]) -> str:
    """As the request asks, else as the feed has it, else Chinese."""
    return language_asked(request) or told.get("language") or "zh"


@router.get("/v1/submissions/{submission_id}/annotated.xlsx", tags=["submissions"], response_class=FileResponse)
def annotated(submission_id: str, request: Request, house: TheHouse, key: Reader) -> FileResponse:
    """The submitter's own workbook, bad cells filled and commented, with a list that links to each of them.

    Of a file that is no workbook, one that shows it. Raises NotCheckedYet.
    """
    told = house.submission(submission_id)
    must_see(key, told["feed"], submission_id)
    language = language_for(request, told)
    facts = house.found(submission_id)[2]
    with tempfile.NamedTemporaryFile(prefix="ievq-answer-", suffix=".xlsx", delete=False) as made:
        path = Path(made.name)
    try:
        house.annotate(submission_id, language, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    said = catalogue(language).gettext("findings")
    # nothing in it may turn its end around, or be too long for a disk
    stem = "".join(character if character.isprintable() else "_" for character in Path(facts["name"]).stem)
    name = f"{stem[:LONGEST_NAME]}-{said}.xlsx"
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=MEDIA_TYPE, filename=name, headers=PRIVATE, background=gone)


@router.get("/v1/submissions/{submission_id}/findings.csv", tags=["submissions"], response_class=StreamingResponse)
def findings_csv(submission_id: str, request: Request, house: TheHouse, key: Reader) -> StreamingResponse:
    """Every finding in one language, for spreadsheet programs. Raises NotCheckedYet."""
    told = house.submission(submission_id)
    must_see(key, told["feed"], submission_id)
    rules, found, facts = house.found(submission_id)
    rows = answer_csv.findings_csv(found, rules, sheet=facts.get("sheet"), language=language_for(request, told))
    named = {"Content-Disposition": f'attachment; filename="findings-{told["submission_id"]}.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=PRIVATE | named)


@router.get("/v1/submissions/{submission_id}/template.xlsx", tags=["submissions"], response_class=Response)
def template(submission_id: str, request: Request, house: TheHouse, key: Reader) -> Response:
    """The empty template of the submission's feed and quarter, for whoever begins anew."""
    told = house.submission(submission_id)
    must_see(key, told["feed"], submission_id)
    content = house.template(told["feed"], Quarter.parse(told["quarter"]), language_for(request, told))
    named = {"Content-Disposition": f'attachment; filename="{told["quarter"]}.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=PRIVATE | named)


@router.get("/submissions/{submission_id}", include_in_schema=False)
def submission_page(
    submission_id: str, request: Request, house: TheHouse, key: Reader, token: str | None = None
) -> HTMLResponse:
    """What is wrong, grouped, and what to do next; needs no script."""
    told = house.submission(submission_id)
    must_see(key, told["feed"], submission_id)
    try:
        checked = house.found(submission_id)[:2]
    except NotCheckedYet:
        checked = None
    html = submission_view.submission_page(
        told,
        checked,
        language=language_for(request, told),
        public_url=house.settings.public_url,
        generated_at=datetime.now(UTC),
        token=token,
        difference=_difference(house, told),
    )
    return HTMLResponse(html, headers=layout.HEADERS | PRIVATE)


def _difference(house: House, told: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """What an accepted submission changed; None where none was in force before."""
    if told["verdict"] in (None, Verdict.REJECTED, Verdict.UNREADABLE):
        return None
    changed, cells = house.difference(told["submission_id"])
    return (changed, cells) if changed["against"] else None
