"""Handing in by HTTP: keys, receipts, repeats, answers cell by cell, and what hostile forms come to."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db.tables import FilingUnknown, TotalObservation
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages.receive import HandedIn
from ievq_pipeline.web import worker

Keys = dict[str, dict[str, str]]
HEADER = "来源,季度,技能词,招聘数,招聘总数,月数"
GOOD = "\n".join([HEADER, *(f"hn,2025-Q3,t{n},100,2314,3" for n in range(60))])
RECEIPT = {"submission_id", "sha256", "bytes", "feed", "quarter", "state", "received_at", "url"}
FINDING = {"code", "severity", "sheet", "row", "column", "cell", "value", "message", "remedy"}


class Office:
    """Somebody who hands in over HTTP, and reads the answers."""

    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def hand_in(self, content: str | bytes = GOOD, name: str = "表.csv", headers: Any = None, **form: Any) -> Any:
        data = content if isinstance(content, bytes) else content.encode("gb18030")
        fields = {"feed": "hn", "quarter": "2025-Q3", **form}
        own = {**self.headers, **(headers or {})}
        return self.client.post("/v1/submissions", headers=own, data=fields, files={"file": (name, data)})

    def answered(self, content: str | bytes = GOOD) -> dict[str, Any]:
        """The receipt with its verdict, once the app's worker has given it."""
        address = f"/v1/submissions/{self.hand_in(content).json()['submission_id']}"
        until = time.monotonic() + 10
        while True:
            told: dict[str, Any] = self.client.get(address, headers=self.headers).json()
            if told["verdict"] is not None:
                return told
            assert time.monotonic() < until, "not answered"
            time.sleep(0.02)


@pytest.fixture
def office(client: TestClient, keys: Keys) -> Office:
    return Office(client, keys["office"])


@pytest.fixture
def only_when_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker does not poll: whatever it does, it was woken for."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 60.0)


def test_a_file_gets_a_receipt_and_its_answer_at_once(only_when_woken: None, office: Office) -> None:
    start = time.monotonic()
    answer = office.hand_in()
    assert answer.status_code == 201
    receipt = answer.json()
    assert set(receipt) >= RECEIPT
    assert (receipt["feed"], receipt["quarter"], receipt["bytes"]) == ("hn", "2025-Q3", len(GOOD.encode("gb18030")))
    assert receipt["state"] == "received"
    assert receipt["received_at"].endswith("Z")
    assert answer.headers["location"] == receipt["url"]
    told = office.answered()
    assert time.monotonic() - start < 3
    assert told["submission_id"] == receipt["submission_id"]
    assert (told["verdict"], told["state"]) == ("accepted", "accepted")
    assert (told["rows_read"], told["rows_accepted"], told["rows_quarantined"]) == (60, 60, 0)
    files = {
        "findings": "findings",
        "rows": "rows?state=quarantined",
        "findings_csv": "findings.csv",
        "annotated": "annotated.xlsx",
    }
    assert told["links"] == {name: f"{receipt['url']}/{file}" for name, file in files.items()} | {
        "page": told["links"]["page"]
    }
    assert told["file"]["encoding"] == "gb18030"


@pytest.mark.parametrize("key", ["revoked", "wrong", "basic", "empty", "missing"])
def test_without_a_good_key_nothing_is_told(client: TestClient, keys: Keys, key: str) -> None:
    others = {
        "wrong": {"Authorization": "Bearer ievq_" + "x" * 43},
        "basic": {"Authorization": "Basic aWV2cTppZXZx"},
        "empty": {"Authorization": "Bearer "},
        "missing": {},
    }
    headers = {**keys, **others}[key]
    for answer in (
        Office(client, headers).hand_in(),
        client.get(f"/v1/submissions/{uuid4()}", headers=headers),
        client.get(f"/v1/submissions/{uuid4()}/findings", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "denied"


def test_another_ones_feed_and_submission_are_as_if_there_were_none(
    client: TestClient, keys: Keys, office: Office
) -> None:
    assert office.hand_in(feed="other").json() | {"detail": ""} == office.hand_in(feed="no").json() | {"detail": ""}
    assert office.hand_in(feed="other").status_code == 404
    address = f"/v1/submissions/{office.hand_in().json()['submission_id']}"
    for path in (address, f"{address}/findings"):
        refused = client.get(path, headers=keys["stranger"])
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown-submission")
        assert client.get(path, headers=keys["engineer"]).status_code == 200
    assert Office(client, keys["engineer"]).hand_in().status_code == 404


@pytest.mark.parametrize("room", ["withdrawal", "confirmation"])
def test_nobody_else_takes_a_submission_back_or_confirms_it(
    client: TestClient, keys: Keys, office: Office, room: str
) -> None:
    """Not even the engineer, who may read it."""
    told = office.answered()
    address = f"/v1/submissions/{told['submission_id']}"
    body: Any = {"reason": "wrong"} if room == "withdrawal" else [{"code": "NQ-MEMBERS-GONE", "reason": "left_out"}]
    for name, status in (("stranger", 404), ("engineer", 404), ("revoked", 401)):
        assert client.post(f"{address}/{room}", headers=keys[name], json=body).status_code == status
    assert client.post(f"{address}/{room}", json=body).status_code == 401
    assert client.get(address, headers=keys["office"]).json()["state"] == "accepted"


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 2_001}, {"reason": 5}, [], None]
)
def test_a_withdrawal_needs_a_reason_in_words(office: Office, body: Any) -> None:
    told = office.answered()
    address = f"/v1/submissions/{told['submission_id']}/withdrawal"
    assert office.client.post(address, headers=office.headers, json=body).status_code == 400


def test_a_receipt_says_received_also_once_the_file_is_in_force(office: Office, house: House) -> None:
    receipt = office.hand_in().json()
    office.answered()
    house.run()
    assert house.submission(receipt["submission_id"])["state"] == "in_force"
    again = office.hand_in()
    assert (again.status_code, again.json()) == (200, receipt)


def test_the_same_file_again_gives_the_same_receipt_and_going_back_is_new(office: Office) -> None:
    changed = GOOD.replace(",100,", ",101,")
    answers = [office.hand_in(content) for content in (GOOD, GOOD, changed, changed, GOOD)]
    assert [answer.status_code for answer in answers] == [201, 200, 201, 200, 201]
    assert [answer.json()["number"] for answer in answers] == [1, 1, 2, 2, 3]
    ids = [answer.json()["submission_id"] for answer in answers]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_an_idempotency_key_gives_the_receipt_again_also_after_another_file_and_the_closing(
    office: Office, house: House
) -> None:
    retry = {"Idempotency-Key": "retry-1"}
    first = office.hand_in(headers=retry)
    office.answered(GOOD.replace(",100,", ",101,"))
    again = office.hand_in(headers=retry)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["submission_id"] == again.json()["submission_id"]
    house.run()
    house.close("2025-Q3", is_forced=True)
    assert office.hand_in(headers=retry).status_code == 200


@pytest.mark.parametrize("change", [{"content": GOOD + "\n"}, {"quarter": "2025-Q4"}])
def test_an_idempotency_key_for_something_else_is_a_conflict(
    office: Office, house: House, change: dict[str, str]
) -> None:
    office.hand_in(headers={"Idempotency-Key": "retry-1"})
    refused = office.hand_in(headers={"Idempotency-Key": "retry-1"}, **change)
    assert (refused.status_code, refused.json()["code"]) == (409, "key-reused")


def test_the_same_idempotency_key_of_two_callers_are_two(client: TestClient, keys: Keys, office: Office) -> None:
    retry = {"Idempotency-Key": "retry-1"}
    assert office.hand_in(headers=retry).status_code == 201
    assert Office(client, keys["stranger"]).hand_in(headers=retry, feed="other").status_code == 201


def test_an_empty_idempotency_key_is_none(office: Office) -> None:
    empty = {"Idempotency-Key": ""}
    codes = [office.hand_in(content, headers=empty).status_code for content in (GOOD, GOOD + "\n", GOOD)]
    assert codes == [201, 201, 201]


def test_an_endless_idempotency_key_is_refused(office: Office) -> None:
    assert office.hand_in(headers={"Idempotency-Key": "x" * 201}).status_code == 400


def test_a_crowd_under_one_idempotency_key_leaves_one_submission(office: Office) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: office.hand_in(headers={"Idempotency-Key": "k"}), range(16)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.json()["submission_id"] for answer in answers}) == 1


def test_a_crowd_with_different_files_under_one_idempotency_key_is_told_of_the_conflict(office: Office) -> None:
    def hand_in(n: int) -> int:
        code: int = office.hand_in(GOOD.replace(",100,", f",{100 + n},"), headers={"Idempotency-Key": "k"}).status_code
        return code

    with ThreadPoolExecutor(8) as crowd:
        codes = list(crowd.map(hand_in, range(8)))
    assert sorted(codes) == [201] + [409] * 7


def test_a_crowd_with_different_files_is_numbered_without_gap(office: Office) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda n: office.hand_in(GOOD.replace(",100,", f",{100 + n},")), range(8)))
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, 9))


def test_a_quarter_that_is_not_open_is_a_conflict(office: Office) -> None:
    refused = office.hand_in(quarter="2025-Q4")
    assert (refused.status_code, refused.json()["code"]) == (409, "quarter-not-open")
    assert "2025-Q4" in refused.json()["detail"]


def test_a_file_for_a_closed_quarter_is_taken_and_told_to_be_late(office: Office, house: House) -> None:
    house.open_quarter(Quarter(2025, 2))
    house.close("2025-Q2", is_forced=True)
    assert office.hand_in(quarter="2025-Q2").status_code == 201
    assert office.hand_in(quarter="2025-Q3").status_code == 201
    receipts = [office.hand_in(quarter=name).json()["submission_id"] for name in ("2025-Q2", "2025-Q3")]
    told = [office.client.get(f"/v1/submissions/{one}", headers=office.headers).json() for one in receipts]
    assert [one["is_late"] for one in told] == [True, False]


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"quarter": "soon"}, 400, "not-a-quarter"),
        ({"quarter": ""}, 400, "not-a-quarter"),
        ({"quarter": "2025-Q3\0"}, 400, "not-a-quarter"),
        ({"quarter": "2025" + " " * 500_000 + "Q3"}, 400, "not-a-quarter"),
        ({"feed": ""}, 404, "unknown-feed"),
        ({"feed": "hn\0"}, 404, "unknown-feed"),
        ({"feed": "x" * 1_000_000}, 404, "unknown-feed"),
        ({"feed": "<script>alert(1)</script>"}, 404, "unknown-feed"),
        ({"feed": "x" * 2_000_000}, 400, "bad-request"),
        ({f"more{n}": "x" for n in range(20)}, 400, "bad-request"),
    ],
    ids=range(10),
)
def test_a_form_that_makes_no_sense_is_a_short_problem(
    office: Office, form: dict[str, str], status: int, code: str
) -> None:
    start = time.monotonic()
    answer = office.hand_in(**form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(answer.content) < 3_000
    assert time.monotonic() - start < 5


def test_a_body_that_is_no_such_form_is_refused_in_the_callers_language(client: TestClient, keys: Keys) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"json": {"feed": "hn"}},
        {"data": {"feed": "hn", "quarter": "2025-Q3"}},
        {"data": {"feed": "hn", "quarter": "2025-Q3", "file": "no file"}},
        {"files": {"feed": ("f", b"hn"), "file": ("f", b"x")}},
        {"files": {"file": ("f", b"x")}, "data": {"feed": "hn"}},
        {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {
            "content": b"--x\r\nContent-Disposition: form-data\r\n\r\nhn\r\n--x--",
            "headers": {"Content-Type": "multipart/form-data; boundary=x"},
        },
    ]
    for body in bodies:
        headers = {**keys["office"], "Accept-Language": "en", **body.pop("headers", {})}
        answer = client.post("/v1/submissions", headers=headers, **body)
        assert answer.status_code == 400, body
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in ("bad-call", "bad-request")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("<img src=x onerror=alert(1)>.csv", "<img src=x onerror=alert(1)>.csv"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("第三季度 \u202egpj.csv", "第三季度 \u202egpj.csv"),
        ("x" * 1_000, "x" * 255),
        ("=cmd|' /C calc'!A0.csv", "=cmd|' /C calc'!A0.csv"),
    ],
)
def test_a_files_name_is_metadata_and_nothing_else(office: Office, name: str, kept: str) -> None:
    answer = office.hand_in(name=name)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    address = f"/v1/submissions/{answer.json()['submission_id']}"
    assert office.answered()["file"]["name"] == kept
    assert office.client.get(address, headers=office.headers).status_code == 200


def test_a_nul_in_a_files_name_is_replaced(client: TestClient, keys: Keys) -> None:
    given = ((b"feed", b"", b"hn"), (b"quarter", b"", b"2025-Q3"), (b"file", b'; filename="a\0b.csv"', GOOD.encode()))
    form = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    parts = b"".join(form % part for part in given)
    headers = {**keys["office"], "Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/v1/submissions", headers=headers, content=parts + b"--x--\r\n").status_code in (201, 400)


def test_a_bad_file_is_told_cell_by_cell_and_puts_nothing_in_force(office: Office, house: House) -> None:
    office.answered()
    house.run()
    told = office.answered(GOOD.replace(",100,", ",约20,"))
    assert (told["verdict"], told["state"], told["finding_count"]) == ("rejected", "rejected", 60)
    assert house.run()["store"] == []
    page = office.client.get(f"/v1/submissions/{told['submission_id']}/findings", headers=office.headers).json()
    assert [finding["cell"] for finding in page["items"]] == [f"D{n}" for n in range(2, 62)]
    assert all(set(finding) == FINDING for finding in page["items"])
    assert (page["total"], page["next"]) == (60, None)
    first = office.client.get(f"/v1/submissions/{office.hand_in().json()['submission_id']}", headers=office.headers)
    assert first.json()["number"] == 3  # and the file in force before is checked anew, since the latest was another


def test_what_a_quarantined_row_names_is_stored_as_unknown_and_never_as_zero(office: Office, house: House) -> None:
    office.answered(f"{GOOD}\nhn,2025-Q3,X,约20,2314,3\nhn,2025-Q3,Zero,0,2314,3")
    house.run()
    with house.sessions() as session:
        rows = session.execute(select(TotalObservation.term, TotalObservation.count, TotalObservation.exposure)).all()
        unknown = session.scalars(select(FilingUnknown.name)).all()
    stored = {term: (count, exposure) for term, count, exposure in rows}
    assert unknown == ["X"]
    assert (stored["Zero"], stored["t0"]) == ((0, 2314), (100, 2314))
    assert len(stored) == 61


@pytest.mark.parametrize(
    ("content", "verdict", "code"),
    [
        (b"", "unreadable", "NQ-FILE-EMPTY"),
        (b"%PDF-1.4", "unreadable", "NQ-FILE-NOT-TABLE"),
        (GOOD.replace("hn,", "lagou,"), "rejected", "NQ-SOURCE-OTHER"),
        (GOOD.replace("季度", "年份"), "rejected", "NQ-HEADER-MISSING"),
        (f"{GOOD}\nhn,2025-Q3,X,-1,2314,3", "accepted_with_quarantine", "NQ-MINIMUM"),
    ],
)
def test_every_verdict_comes_by_http_too(office: Office, content: str | bytes, verdict: str, code: str) -> None:
    told = office.answered(content)
    assert told["verdict"] == verdict
    page = office.client.get(f"/v1/submissions/{told['submission_id']}/findings", headers=office.headers).json()
    assert code in {finding["code"] for finding in page["items"]}


def test_findings_come_by_pages_and_by_kind(office: Office) -> None:
    rows = [f"hn,2025-Q3,t{n},x,2314,{3 if n % 2 else 9}" for n in range(25)]
    told = office.answered("\n".join([HEADER + ",备注", *rows]))
    address = f"/v1/submissions/{told['submission_id']}/findings"

    def page(**query: Any) -> Any:
        return office.client.get(address, headers=office.headers, params=query)

    assert page().json()["total"] == told["finding_count"] == 1 + 25 + 13
    collected, cursor = [], None
    while True:
        got = page(limit=7, **({"cursor": cursor} if cursor else {})).json()
        assert got["total"] == 39
        assert len(got["items"]) <= 7
        collected += got["items"]
        if (cursor := got["next"]) is None:
            break
    assert collected == page().json()["items"]
    assert page(code="NQ-MAXIMUM").json()["total"] == 13
    assert page(severity="info").json()["total"] == 1
    assert page(severity="hard", code="NQ-INTEGER", limit=5).json()["total"] == 25
    assert page(code="NQ-NOTHING").json() == {"items": [], "total": 0, "next": None}
    assert page(cursor="nonsense").status_code == 400
    assert page(limit=0).status_code == page(limit=100_000).status_code == 400


@pytest.mark.parametrize("name", ["1", "x", str(UUID(int=4)), "%00", "..%2F..", "a" * 3_000])
def test_a_submission_that_is_not_there_is_404(office: Office, name: str) -> None:
    for path in (f"/v1/submissions/{name}", f"/v1/submissions/{name}/findings"):
        answer = office.client.get(path, headers=office.headers)
        assert answer.status_code == 404
        assert len(answer.content) < 2_000


@pytest.fixture
def polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)


def test_the_worker_catches_what_another_process_received(
    polling: None, client: TestClient, keys: Keys, house: House
) -> None:
    submission_id, _ = house.receive(HandedIn("hn", "2025-Q3", "a.csv", GOOD.encode()))
    until = time.monotonic() + 10
    while house.submission(submission_id)["verdict"] != "accepted":
        assert time.monotonic() < until
        time.sleep(0.02)
