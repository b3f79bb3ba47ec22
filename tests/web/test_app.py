"""The app as a whole: health, its OpenAPI document, pages with their headers, and hostile words shown as words."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ievq_pipeline import __version__

Tell = Callable[..., dict[str, Any]]
HOSTILE = "<script>alert(1)</script><b>&\"'"
METHODS = {"get", "post", "put", "patch", "delete"}


def test_it_is_healthy_while_the_database_answers(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def references(part: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_the_openapi_document_names_every_route_and_resolves(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert document["info"]["version"] == __version__
    assert {(path, method) for path, method, _ in operations(document)} == {
        ("/v1/submissions", "post"), ("/v1/submissions/{submission_id}", "get"),
        ("/v1/submissions/{submission_id}/findings", "get"), ("/v1/alerts", "get"), ("/v1/alerts/{alert_id}", "get"),
        ("/v1/alerts/{alert_id}/revisions", "get"), ("/v1/alerts/{alert_id}/evidence", "get"), ("/feed.json", "get"),
        ("/feed.atom", "get"), ("/healthz", "get"), ("/v1/codes", "get"), ("/v1/codes/{name}", "get"),
        ("/v1/observations", "get"), ("/v1/submissions/{submission_id}/withdrawal", "post"),
        ("/v1/submissions/{submission_id}/confirmation", "post"), ("/v1/submissions/{submission_id}/rows", "post"),
        ("/v1/submissions/{submission_id}/difference", "get"),
        ("/v1/submissions/{submission_id}/annotated.xlsx", "get"),
        ("/v1/submissions/{submission_id}/findings.csv", "get"), ("/v1/coverage", "get"), ("/v1/participation", "get"),
        ("/v1/feeds/{feed}/template.xlsx", "get"),
        ("/v1/feeds/{feed}/template.csv", "get"), ("/v1/submissions/{submission_id}/rows", "get"),
        ("/v1/submissions/{submission_id}/template.xlsx", "get"), ("/v1/wordings", "get"),
        ("/v1/confirmations", "get"),
        ("/v1/wordings/{wording}", "get"), ("/v1/wordings/{wording}/decision", "post"),
    }  # fmt: skip
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for reference in references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_every_route_says_what_it_does_what_it_takes_and_how_it_refuses(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    nouns = ("submissions", "observations", "feeds", "coverage", "participation", "wordings", "confirmations")
    guarded = tuple(f"/v1/{noun}" for noun in nouns)
    for path, _, operation in operations(document):
        assert operation.get("description"), path
        named = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        assert "422" not in operation["responses"], "never sent"
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
        assert bool(operation.get("security")) == path.startswith(guarded), path
    form = document["paths"]["/v1/submissions"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["feed", "quarter", "file"]
    assert {"200", "201"} <= set(document["paths"]["/v1/submissions"]["post"]["responses"])
    query = {parameter["name"] for parameter in document["paths"]["/v1/alerts"]["get"]["parameters"]}
    assert query == {
        "cursor", "limit", "skill", "dimension", "region", "industry", "severity", "state", "quarter"
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_name_their_language_and_stand_under_a_policy(client: TestClient, tell: Tell, language: str) -> None:
    alert = tell()
    for path in ("/", "/alerts", f"/alerts/{alert['alert_id']}"):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        tag = {"zh": "zh-Hans-CN", "en": "en"}[language]
        assert f'<html lang="{tag}"' in answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "Accept-Language"
        assert "远程办公" in answer.text if language == "zh" else "Remote" in answer.text


def test_the_stylesheet_that_the_pages_name_is_there(client: TestClient, tell: Tell) -> None:
    alert = tell()
    for path in ("/", f"/alerts/{alert['alert_id']}"):
        (link,) = re.findall(r'rel="stylesheet" href="([^"]+)"|href="([^"]+)" rel="stylesheet"', client.get(path).text)
        address = client.base_url.join(path).join("".join(link))
        answer = client.get(str(address))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_hostile_words_are_shown_as_words(client: TestClient, tell: Tell) -> None:
    named = {"code": HOSTILE, "title": {"zh": HOSTILE, "en": HOSTILE}, "dimension": None, "family": None}
    alert = tell(skill=named, sentence={"zh": HOSTILE, "en": HOSTILE})
    for path in ("/", f"/alerts/{alert['alert_id']}"):
        page = client.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_an_empty_house_has_a_page_too(client: TestClient) -> None:
    assert client.get("/", headers={"Accept-Language": "en"}).status_code == 200


def test_nobody_is_told_which_server_this_is_and_no_interactive_documents_lie_open(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/.env", "/static/../settings.py", "/static/portal.css/..%2f..%2fapp.py"):
        assert client.get(path).status_code == 404
    assert "server" not in client.get("/healthz").headers
