"""Errors as RFC 9457 problem details, in the language of `Accept-Language`."""

import re
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ievq_pipeline.domain.errors import BadCall, IevqError, OutsideMissing
from ievq_pipeline.domain.text import LANGUAGES, Text

log = structlog.get_logger()
STATUS = {"missing": 404, "conflict": 409, "too_large": 413, "denied": 401, "forbidden": 403, "outside": 503}
PHRASES = {
    404: Text("没有这个地址。", "There is nothing at this address."),
    405: Text("该地址不支持这种请求方法。", "This address does not take this method."),
    408: Text("上传中断太久，请重新上传。", "The upload stood still for too long. Send it again."),
}
WEIGHT = re.compile(r"[01](?:\.[0-9]{0,3})?")
MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "detail")}
    | {"status": {"type": "integer"}},
}
#: how every route's errors stand in the OpenAPI document; 422, FastAPI's own, never leaves
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "A problem (RFC 9457).", "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
}


def language_of(request: Request) -> str:
    """As the request asks; Chinese by default."""
    return language_asked(request) or "zh"


def language_asked(request: Request) -> str | None:
    """`?lang=` first, then the language of `Accept-Language` that we speak and it likes best; None without a word."""
    if (asked := request.query_params.get("lang")) in LANGUAGES:
        return str(asked)
    liked = {language: _weight(request.headers.get("accept-language", ""), language) for language in LANGUAGES}
    best = max(LANGUAGES, key=lambda language: liked[language])
    return best if liked[best] > 0 else None


def _weight(accepted: str, language: str) -> float:
    """How much a caller likes a language: the weight of its best tag; 0 where it is not named."""
    weights = [0.0]
    for part in accepted.split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if tag.split("-")[0] == language:
            given = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
            weights.append(float(given) if WEIGHT.fullmatch(given) else 0.0)
    return max(weights)


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """`type` names the kind for programs (as `code` does), `detail` says it to people."""
    body = {"type": f"urn:ievq:problem:{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    return JSONResponse({**body, "detail": detail, **more}, status, headers, MEDIA_TYPE)


def refused(request: Request, error: IevqError) -> JSONResponse:
    status = STATUS.get(error.kind, 400)
    headers = {"WWW-Authenticate": "Bearer"} if error.kind == "denied" else {}
    if error.is_retryable:
        headers["Retry-After"] = "10"
    return problem(status, error.code(), error.text(language_of(request)), headers)


def install(app: FastAPI) -> None:
    """Let every error of the app leave as a problem."""

    @app.exception_handler(IevqError)
    def _(request: Request, error: IevqError) -> JSONResponse:
        return refused(request, error)

    @app.exception_handler(HTTPException)
    def _(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        known = PHRASES.get(error.status_code)
        said = known[language_of(request)] if known and error.detail == phrase else str(error.detail)
        code = phrase.lower().replace(" ", "-")
        return problem(error.status_code, code, said, dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    def _(request: Request, _: ClientDisconnect) -> JSONResponse:
        """An upload that broke off: nobody reads the answer."""
        log.info("web.broken_off", path=request.url.path)
        return problem(400, "broken-off", PHRASES[408][language_of(request)])

    @app.exception_handler(RequestValidationError)
    def _(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"place": ".".join(map(str, fault["loc"])), "message": fault["msg"]} for fault in error.errors()]
        why = "; ".join(f"{fault['place']}: {fault['message']}" for fault in faults)
        return problem(400, BadCall.code(), BadCall(why=why).text(language_of(request)), errors=faults)

    @app.exception_handler(exc.OperationalError)
    @app.exception_handler(exc.TimeoutError)
    def _(request: Request, error: exc.SQLAlchemyError) -> JSONResponse:
        """The database is away, or all connections to it are in use."""
        log.error("web.database_missing", path=request.url.path, why=str(error))
        return refused(request, OutsideMissing())

    @app.exception_handler(Exception)
    def _(request: Request, error: Exception) -> JSONResponse:
        log.error("web.failed", path=request.url.path, exc_info=error)
        zh = language_of(request) == "zh"
        return problem(
            500, "internal", "服务器内部错误，已记录。" if zh else "Something failed here; it has been logged."
        )
