"""Errors leave as RFC 9457 problems in the language that the caller likes best."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from starlette.requests import Request

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web.app import create_app
from ievq_pipeline.web.problems import language_of


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem, after making sure that it is one."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:ievq:problem:{code}")
    return body


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh"), ("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0.3, en;q=0.7", "en"), ("zh; q=0.3, en; q=0.7", "en"), ("en;q=0.3,zh;q=0.7", "zh"),
        ("de,en;q=0.1", "en"),
        ("de, fr", "zh"), ("en;q=0", "zh"), ("en;q=0, zh;q=0.1", "zh"), ("zh;q=0,en;q=0.1", "en"), ("*", "zh"),
        ("EN", "en"), ("enm", "zh"), ("en;q=nan,zh;q=0.1", "zh"), ("en;q=high", "zh"), (";;,,q=", "zh"),
        ("en;level=1;q=0.9,zh;q=0.5", "en"), ("zh-Hant;q=0.1,en;q=0.5,zh-CN;q=0.8", "zh"), ("x" * 100_000, "zh"),
    ],
)  # fmt: skip
def test_the_language_liked_best_is_spoken(accepted: str, language: str) -> None:
    scope = {"type": "http", "query_string": b"", "headers": [(b"accept-language", accepted.encode())]}
    assert language_of(Request(scope)) == language


def test_a_language_in_the_address_goes_before_the_header() -> None:
    scope = {"type": "http", "query_string": b"lang=en", "headers": [(b"accept-language", b"zh")]}
    assert language_of(Request(scope)) == "en"
    scope["query_string"] = b"lang=tlh"
    assert language_of(Request(scope)) == "zh"


def test_what_is_not_there_is_a_problem_in_both_languages(client: TestClient) -> None:
    assert is_problem(client.get("/nowhere"), 404, "not-found")["detail"] == "没有这个地址。"
    english = is_problem(client.get("/nowhere", headers={"Accept-Language": "en"}), 404, "not-found")
    assert english["detail"] == "There is nothing at this address."
    assert is_problem(client.put("/v1/alerts"), 405, "method-not-allowed")["detail"].endswith("请求方法。")


def test_a_parameter_out_of_range_is_named(client: TestClient) -> None:
    body = is_problem(client.get("/v1/alerts?limit=0"), 400, "bad-call")
    assert body["errors"][0]["place"] == "query.limit"
    assert body["detail"].startswith("请求有误：query.limit")


def test_without_the_database_it_says_503_and_when_to_come_back(house: House) -> None:
    gone = House(
        house.settings, create_engine("postgresql+psycopg://127.0.0.1:9/x", connect_args={"connect_timeout": 1})
    )
    client = TestClient(create_app(gone))  # without its worker
    for path in ("/healthz", "/v1/alerts", "/"):
        answer = client.get(path)
        is_problem(answer, 503, "outside-missing")
        assert answer.headers["retry-after"] == "10"


def test_a_failure_of_ours_tells_nothing_of_its_cause(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("password hush")

    monkeypatch.setattr("ievq_pipeline.web.alerts.alerts.revisions", broken)
    client = TestClient(create_app(house), raise_server_exceptions=False)
    body = is_problem(client.get("/v1/alerts/x", headers={"Accept-Language": "en"}), 500, "internal")
    assert "hush" not in str(body)
