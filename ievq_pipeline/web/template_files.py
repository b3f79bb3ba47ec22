"""`/v1/feeds/{feed}/template.…`: an empty file to fill in, for whoever may hand in for the feed, or oversees it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ievq_pipeline.domain.errors import UnknownFeed
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.role import Role
from ievq_pipeline.web.callers import Caller, TheHouse
from ievq_pipeline.web.problems import language_asked

router = APIRouter(prefix="/v1/feeds", tags=["submissions"])
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"
IsPrefilled = Annotated[bool, Query(alias="prefill", description="The keys of the quarter before, without numbers.")]
LANG = {
    "name": "lang",
    "in": "query",
    "schema": {"enum": ["zh", "en"]},
    "description": "Else as Accept-Language, else the feed's.",
}


@router.get(
    "/{feed}/template.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}}},
    openapi_extra={"parameters": [LANG]},
)
def workbook(
    feed: str,
    request: Request,
    house: TheHouse,
    key: Caller,
    quarter: str,
    *,
    prefill: IsPrefilled = False,
) -> Response:
    """The feed's template of a quarter: drop-downs, code lists, and how to fill in."""
    return _template(feed, request, house, key, quarter, is_csv=False, is_prefilled=prefill)


@router.get(
    "/{feed}/template.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
    openapi_extra={"parameters": [LANG]},
)
def twin(
    feed: str,
    request: Request,
    house: TheHouse,
    key: Caller,
    quarter: str,
    *,
    prefill: IsPrefilled = False,
) -> Response:
    """The same header and keys as CSV."""
    return _template(feed, request, house, key, quarter, is_csv=True, is_prefilled=prefill)


def _template(
    feed: str, request: Request, house: TheHouse, key: Caller, quarter: str, *, is_csv: bool, is_prefilled: bool
) -> Response:
    if feed not in key.feeds and not Role(key.role).reads_everything:
        raise UnknownFeed(name=feed)
    wanted = Quarter.parse(quarter)
    content = house.template(feed, wanted, language_asked(request), is_csv=is_csv, is_prefilled=is_prefilled)
    name = f"{wanted}.{'csv' if is_csv else 'xlsx'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=CSV if is_csv else XLSX, headers=headers)
