"""Rows to be mended as text, page by page; mended one by one; and the page that tells a clerk what that changed."""

import io
import re
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook, load_workbook

from ievq_pipeline.adapters import rows_again
from ievq_pipeline.adapters.reading.stamp import read_stamp
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds
from ievq_pipeline.domain.contracts.totals import TOTALS
from tests.web.test_rendering import Page
from tests.web.test_submission_pages import answered, path_of

Keys = dict[str, dict[str, str]]
HEADER = ["来源", "季度", "技能词", "招聘数", "招聘总数", "月数"]
BAD_ROWS = {5: "约20", 9: "几个"}


def book(rows: int = 60, bad: dict[int, str] = BAD_ROWS, sheet_title: str = "填报") -> bytes:
    """A workbook with its header in row 3; `bad` are counts by row."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = sheet_title
    sheet.append(["2025年第三季度招聘统计表"])
    sheet.append([])
    sheet.append(HEADER)
    for number in range(4, 4 + rows):
        sheet.append(["hn", "2025-Q3", f"技能词{number}", bad.get(number, 100), 2314, 3])
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def rows_of(client: TestClient, keys: Keys, submission_id: str, **asked: Any) -> dict[str, Any]:
    got = client.get(f"/v1/submissions/{submission_id}/rows", params=asked, headers=keys["office"])
    assert got.status_code == 200, got.text
    told: dict[str, Any] = got.json()
    return told


def checked(client: TestClient, keys: Keys, submission_id: str) -> None:
    """Wait for the answer."""
    until = time.monotonic() + 30
    while client.get(f"/v1/submissions/{submission_id}", headers=keys["office"]).json()["verdict"] is None:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_rows_to_be_mended_come_cell_by_cell_page_by_page_and_are_mended_without_the_file(
    client: TestClient, house: House, keys: Keys
) -> None:
    told = answered(client, keys, "九月.xlsx", book())
    assert (told["verdict"], told["rows_quarantined"]) == ("accepted_with_quarantine", 2)
    base = told["submission_id"]
    assert told["links"]["rows"].endswith(f"{base}/rows?state=quarantined")
    first = rows_of(client, keys, base, state="quarantined", limit=1)
    (row,) = first["items"]
    assert (row["row"], first["total"]) == (5, 2)
    assert row["cells"] == {
        "source": "hn", "quarter": "2025-Q3", "term": "技能词5", "count": "约20", "exposure": "2314", "months": "3",
    }  # fmt: skip
    (fault,) = row["findings"]
    assert (fault["code"], fault["cell"], fault["column"]) == ("NQ-INTEGER", "D5", "count")
    assert fault["message"]["zh"] == "“约20”不是整数。"
    last = rows_of(client, keys, base, limit=1, cursor=first["next"])
    assert [(one["row"], one["cells"]["count"]) for one in last["items"]] == [(9, "几个")]
    assert last["next"] is None

    given = client.post(
        f"/v1/submissions/{base}/rows", headers=keys["office"], json=[{"row": 5, "values": {"count": "20"}}]
    )
    assert given.status_code == 201
    mended = given.json()["submission_id"]
    checked(client, keys, mended)
    assert [one["row"] for one in rows_of(client, keys, mended)["items"]] == [9]
    again = client.post(
        f"/v1/submissions/{mended}/rows", headers=keys["office"], json=[{"row": 9, "values": {"count": "一些"}}]
    ).json()["submission_id"]
    checked(client, keys, again)
    assert rows_of(client, keys, again)["items"][0]["cells"]["count"] == "一些", "as it was mended, not as in the file"


def test_rows_are_for_whoever_may_see_the_submission_and_only_the_quarantined_are_asked_for(
    client: TestClient, keys: Keys
) -> None:
    submission_id = answered(client, keys, "九月.xlsx", book(bad={}))["submission_id"]
    assert rows_of(client, keys, submission_id) == {"items": [], "total": 0, "next": None}
    for who, query, status in (("stranger", "", 404), ("office", "?state=accepted", 400), ("office", "?cursor=x", 400)):
        got = client.get(f"/v1/submissions/{submission_id}/rows{query}", headers=keys[who])
        assert got.status_code == status


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no book", b"\x89PNG"])
def test_a_file_that_cannot_be_read_any_more_leaves_rows_without_cells(content: bytes, tmp_path: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert rows_again.read_again(path, TOTALS, [5, 9], {}) == {}


def test_the_page_tells_what_a_correction_changed_and_where_the_template_is(
    client: TestClient, house: House, keys: Keys
) -> None:
    first = answered(client, keys, "九月.xlsx", book())
    assert "与上一次" not in client.get(path_of(first["links"]["page"])).text
    house.store()
    told = answered(client, keys, "九月改.xlsx", book(bad={10: "120", 11: "130"}))
    shown = client.get(path_of(told["links"]["page"])).text
    text = re.sub(r"\s+", " ", Page(shown).text)
    assert "2格有改动，新增2行。" in text
    assert "hn · 2025-Q3 · 技能词10" in text
    assert re.search(r"招聘数 ?100 ?120", text)
    english = re.sub(r"\s+", " ", Page(client.get(path_of(told["links"]["page"]) + "&lang=en").text).text)
    assert "2 cells changed, 2 rows added." in english
    (template,) = [one for one in Page(shown).all("href") if "template.xlsx" in one]
    got = client.get("/submissions/" + template)
    assert got.status_code == 200, "the link of the page opens without a key"
    stamp = read_stamp(got.content)
    assert stamp is not None
    assert (stamp.feed, stamp.quarter, stamp.language) == ("hn", "2025-Q3", "zh")


def test_a_feeds_language_is_that_of_its_answers_where_nobody_asks(
    client: TestClient, house: House, keys: Keys
) -> None:
    with house.sessions.begin() as session:
        feeds.speak(session, feeds.named(session, "hn"), "en")
    told = answered(client, keys, "九月.xlsx", book())
    assert told["language"] == "en"
    page, english = path_of(told["links"]["page"]), "Accepted, but for 2 rows that are to be mended."
    assert english in client.get(page).text
    assert english not in client.get(page, headers={"Accept-Language": "zh-CN"}).text
    assert english not in client.get(page + "&lang=zh").text
    annotated = client.get(path_of(told["links"]["annotated"]), headers=keys["office"]).content
    assert load_workbook(io.BytesIO(annotated)).sheetnames[-1] == "Findings"
    asked = "/v1/feeds/hn/template.csv?quarter=2025-Q3"
    assert client.get(asked, headers=keys["office"]).text.startswith("\ufeffSource")
    assert client.get(asked + "&lang=zh", headers=keys["office"]).text.startswith("\ufeff来源")
