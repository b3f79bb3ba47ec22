"""The answer for people: a page without script, the findings as CSV, the workbook; for whoever may see it, no other."""

import csv
import io
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from ievq_pipeline.adapters import answer_links
from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import keys as api_keys
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.errors import Denied
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.web import submission_view
from tests.adapters.annotated.made_books import Answer
from tests.web.test_rendering import HOSTILE, SHARED, Page

Keys = dict[str, dict[str, str]]
HEADER = "来源,季度,技能词,招聘数,招聘总数,月数"
BAD = "\n".join([HEADER, *(f"hn,2025-Q3,t{n},{'约20' if n < 40 else '100'},2314,3" for n in range(60))])


def answered(client: TestClient, keys: Keys, name: str, content: bytes) -> dict[str, Any]:
    """The receipt of a file once it is checked, with its links."""
    sent = client.post("/v1/submissions", headers=keys["office"], data={"feed": "hn", "quarter": "2025-Q3"},
                       files={"file": (name, content)}).json()  # fmt: skip
    until = time.monotonic() + 30
    while True:
        answer: dict[str, Any] = client.get(f"/v1/submissions/{sent['submission_id']}", headers=keys["office"]).json()
        if answer["verdict"] is not None:
            return answer
        assert time.monotonic() < until, "not answered"
        time.sleep(0.02)


@pytest.fixture
def told(client: TestClient, keys: Keys) -> dict[str, Any]:
    """A rejected file's receipt, with links."""
    return answered(client, keys, "九月.csv", BAD.encode("gb18030"))


def path_of(url: str) -> str:
    return url.partition("8080")[2]


def test_a_browser_follows_the_links_without_a_key(client: TestClient, told: dict[str, Any], tmp_path: Path) -> None:
    page = client.get(path_of(told["links"]["page"]))
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    shown = Page(page.text)
    assert not shown.open
    assert "改好1类问题，就能通过。" in shown.text
    assert "D列“招聘数”：不是整数" in re.sub(r"\s+", " ", shown.text)
    assert "40 格" in re.sub(r"\s+", " ", shown.text)
    links = [one["href"] for tag, one in shown.tags if tag == "a" and "/v1/" in one.get("href", "")]
    assert len(links) == 4
    for link in set(links):
        got = client.get(f"/submissions/{link}")
        assert got.status_code == 200
        assert got.headers["cache-control"] == "private, no-store"
        if "annotated" in link:
            (tmp_path / "a.xlsx").write_bytes(got.content)
            assert "%E4%B9%9D%E6%9C%88" in got.headers["content-disposition"]
    answer = Answer(tmp_path / "a.xlsx")
    assert answer.filled("数据") == {f"D{row}" for row in range(2, 42)}
    assert len(answer.rows()) == 40


def test_findings_come_as_csv_in_the_language_asked_for(client: TestClient, told: dict[str, Any], keys: Keys) -> None:
    address = path_of(told["links"]["findings_csv"])
    for headers, place in (({}, "位置"), ({"Accept-Language": "en"}, "Place")):
        got = client.get(address, headers=keys["office"] | headers)
        rows = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
        assert (rows[0][0], len(rows)) == (place, 41)
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert client.get(f"{address}?lang=zh", headers=keys["engineer"] | {"Accept-Language": "en"}).text[1:3] == "位置"


def test_nobody_else_sees_an_answer(client: TestClient, told: dict[str, Any], keys: Keys, house: House) -> None:
    submission = told["submission_id"]
    paths = [
        f"/submissions/{submission}",
        *(f"/v1/submissions/{submission}/{f}" for f in ("annotated.xlsx", "findings.csv")),
    ]
    token = told["links"]["page"].partition("token=")[2]
    with house.sessions() as session:
        key = api_keys.shown(session, keys["office"]["Authorization"].removeprefix("Bearer "))
    elsewhere = answer_links.token(house.secret_box, str(uuid4()), key.id)
    for path in paths:
        assert client.get(path).status_code == 401
        assert client.get(path, headers=keys["stranger"]).status_code == 404
        for wrong in (
            "x",
            elsewhere,
            token[:-5],
            SecretBox.of(None, house.settings.data_dir / "other").seal("answer").decode(),
        ):
            assert client.get(path, params={"token": wrong}).status_code == 401
        assert client.get(path, params={"token": token}).status_code == 200
        assert client.get(path.replace(submission, str(uuid4())), headers=keys["engineer"]).status_code == 404
    with house.sessions.begin() as session:
        api_keys.revoke(session, "office")
    assert [client.get(path, params={"token": token}).status_code for path in paths] == [401] * 3


def test_a_link_grows_old(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    submission, key = str(uuid4()), uuid4()
    given = answer_links.token(house.secret_box, submission, key)
    assert answer_links.key_of(house.secret_box, given, submission.upper()) == key
    later = time.time() + answer_links.SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Denied):
        answer_links.key_of(house.secret_box, given, submission)


def test_before_the_check_there_is_a_page_but_no_files(client: TestClient, keys: Keys, house: House) -> None:
    client.app.state.worker.stop()  # type: ignore[attr-defined]
    sent = client.post("/v1/submissions", headers=keys["office"], data={"feed": "hn", "quarter": "2025-Q3"},
                       files={"file": ("a.csv", BAD.encode())}).json()  # fmt: skip
    page = client.get(f"/submissions/{sent['submission_id']}", headers=keys["office"])
    assert "正在检查您的文件" in page.text
    assert "http-equiv" in page.text
    for path in ("annotated.xlsx", "findings.csv"):
        got = client.get(f"/v1/submissions/{sent['submission_id']}/{path}", headers=keys["office"])
        assert (got.status_code, got.json()["code"]) == (409, "not-checked-yet")


def told_of(verdict: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()), "feed": "f", "quarter": "2025-Q3", "sha256": "0" * 64, "state": "rejected",
        "received_at": "2025-10-12T08:00:00Z", "verdict": verdict, "rows_read": 7_412, "rows_accepted": 0,
        "rows_quarantined": 326, "normalised": [], "file": {"name": HOSTILE, "sheet": HOSTILE, "encoding": None},
    } | changes  # fmt: skip


def page_of(told: dict[str, Any], found: list[Finding], language: str, **options: Any) -> Page:
    written = submission_view.submission_page(told, (JOB_DEMAND, found), language=language, **SHARED, **options)
    assert len(written) < 60_000
    page = Page(written)
    assert not page.open
    assert "script" not in {tag for tag, _ in page.tags}
    assert not page.all("style")
    return page


@pytest.mark.parametrize(
    ("verdict", "zh", "en"),
    [
        ("accepted", "已受理，全部7,412行都没有问题。", "Accepted: all 7,412 rows."),
        ("accepted_with_quarantine", "已受理，另有326行待改。", "Accepted, but for 326 rows that are to be mended."),
        ("needs_confirmation", "说明1个数值的原因，就能受理。", "Give a reason for 1 value, and it is accepted."),
        ("rejected", "改好2类问题，就能通过。", "Mend 2 faults, and it passes."),
        ("unreadable", "文件无法读取。", "The file could not be read."),
    ],
)
def test_the_verdict_is_one_sentence(verdict: str, zh: str, en: str) -> None:
    found = [Finding("NQ-INTEGER", 7, "openings", 5, "x"), Finding("NQ-CODE", 8, "region", 2, "y"),
             Finding("NQ-MEMBERS-GONE", value="us:DN")]  # fmt: skip
    for language, sentence in (("zh", zh), ("en", en)):
        assert sentence in page_of(told_of(verdict), found, language).text


def test_a_great_many_findings_stay_few_groups_and_nothing_of_them_is_markup() -> None:
    found = [
        Finding("NQ-INTEGER", row, "openings", 5, f"{HOSTILE}\u202e\0{row}" + "x" * 500) for row in range(2, 30_002)
    ]
    found += [Finding("NQ-HEADER-UNKNOWN", 1, None, at, HOSTILE) for at in range(20, 40)]
    changes = [{"code": "NQ-N-WIDTH", "column": "openings", "count": 14, "cell": "F9", "from": HOSTILE, "to": "1200"}]
    page = page_of(told_of("rejected", normalised=changes), found, "en", token="a+b")
    text = re.sub(r"\s+", " ", page.text)
    assert "30,000 cells Column F “Openings”: Not a whole number NQ-INTEGER" in text
    assert "29,992 more stand in the workbook and the CSV." in text
    assert "␀" in text
    assert "\u202e" not in text
    assert "full-width characters made plain" in text
    assert all("token=a%2Bb" in one for one in page.all("href") if "/v1/" in one)
    assert "Compared with the earlier" not in text


def test_a_submitters_own_workbook_comes_back(client: TestClient, keys: Keys, tmp_path: Path) -> None:
    made = Workbook()
    assert made.active is not None
    made.active.title = "填报"
    for row in csv.reader(BAD.splitlines()):
        made.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    made.create_sheet("说明")["B2"] = "=1+1"
    held = io.BytesIO()
    made.save(held)
    told = answered(client, keys, "九月.xlsx", held.getvalue())
    assert told["verdict"] == "rejected", told
    got = client.get(path_of(told["links"]["annotated"]) + "?lang=en", headers=keys["office"])
    (tmp_path / "a.xlsx").write_bytes(got.content)
    answer = Answer(tmp_path / "a.xlsx")
    assert answer.book.sheetnames == ["填报", "说明", "Findings"]
    assert answer.filled() == answer.commented().keys() == {f"D{row}" for row in range(2, 42)}
    assert answer.sheet("说明")["B2"].value == "=1+1"
    assert not {"xl/worksheets/sheet2.xml", "docProps/app.xml", "xl/theme/theme1.xml"} & answer.changed(held.getvalue())
