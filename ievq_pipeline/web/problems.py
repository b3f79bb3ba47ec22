"""Errors as RFC 9457 problem details, in the language of `Accept-Language`."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ievq_pipeline.domain.errors import IevqError
from ievq_pipeline.domain.text import LANGUAGES

log = structlog.get_logger()
STATUS = {"missing": 404, "conflict": 409, "too_large": 413, "denied": 401, "forbidden": 403, "outside": 503}
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
    """`?lang=` first, then the first language of `Accept-Language` that we speak; Chinese where neither says."""
    if (asked := request.query_params.get("lang")) in LANGUAGES:
        return str(asked)
    ranked = []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for _, tag in sorted(ranked, key=lambda one: one[0]) if tag in LANGUAGES), "zh")


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
    def _(_request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "-")
        return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def _(_request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"place": ".".join(map(str, fault["loc"])), "message": fault["msg"]} for fault in error.errors()]
        detail = "; ".join(f"{fault['place']}: {fault['message']}" for fault in faults)
        return problem(400, "bad-call", detail, errors=faults)

    @app.exception_handler(Exception)
    def _(request: Request, error: Exception) -> JSONResponse:
        log.error("web.failed", path=request.url.path, exc_info=error)
        zh = language_of(request) == "zh"
        return problem(
            500, "internal", "服务器内部错误，已记录。" if zh else "Something failed here; it has been logged."
        )
