"""`ievq templates make`: of a kind without a database, of a feed with what it reported before."""

import csv
from pathlib import Path

from openpyxl import load_workbook

from ievq_pipeline.adapters.reading.stamp import read_stamp
from ievq_pipeline.bootstrap import House
from tests.cli.conftest import Ievq
from tests.made_up import file, open_panel


def test_the_template_of_a_kind_needs_no_database(ievq: Ievq, tmp_path: Path) -> None:
    output = tmp_path / "made.xlsx"
    ran = ievq("templates", "make", "--feed-kind", "job-demand", "--quarter", "2025年第3季度", "-o", output, "--json")
    assert (ran.code, ran.err) == (0, "")
    made = {"file": str(output), "bytes": output.stat().st_size}
    assert ran.json == made | {"feed": None, "feed_kind": "job-demand", "quarter": "2025-Q3"}
    found = read_stamp(output.read_bytes())
    assert found is not None
    assert (found.kind, found.feed, found.quarter, found.language) == ("job-demand", None, "2025-Q3", "en")
    twin = tmp_path / "made.csv"
    assert ievq("templates", "make", "--feed-kind", "totals", "--csv", "--lang", "zh", "-o", twin).code == 0
    assert twin.read_text("utf-8-sig").startswith("来源 *,季度 *,")


def test_a_call_that_cannot_be_meant_is_refused_in_words(ievq: Ievq, tmp_path: Path) -> None:
    output = tmp_path / "made.xlsx"
    for words, said in (
        (["--feed-kind", "nothing"], "no feed kind"),
        ([], "give a feed, or a kind"),
        (["hn", "--feed-kind", "totals"], "give a feed, or a kind"),
        (["hn"], "needs --quarter"),
        (["--feed-kind", "totals", "--prefill"], "only the template of a feed"),
        (["--feed-kind", "totals", "--quarter", "soon"], "not a quarter"),
        (["--feed-kind", "totals", "-o", str(tmp_path / "no" / "where.xlsx")], "where.xlsx"),
    ):
        ran = ievq("templates", "make", "-o", output, *words)
        assert (ran.code, ran.out) == (2, ""), words
        assert said in ran.err
        assert not output.exists()


def test_a_feeds_own_template_has_its_roster_and_last_quarters_keys_but_no_number(
    stored: Ievq, house: House, tmp_path: Path
) -> None:
    open_panel(house, {"north": ["us-agency:M1"], "south": ["us-agency:M2"]}, quarters=["2025-Q2", "2025-Q3"])
    rows = [("us-agency:M1", "350200", "Golang", 7), ("us-agency:M1", "", "TOTAL", 9)]
    file(house, "north", "2025-Q2", [*rows, ("us-agency:M9", "", "NIL", "")])
    file(house, "south", "2025-Q2", [("us-agency:M2", "350200", "SQL", 5)])
    house.validate()
    house.store()
    output = tmp_path / "made.xlsx"
    ran = stored("--lang", "zh", "templates", "make", "north", "--quarter", "2025-Q3", "--prefill", "-o", output)
    assert (ran.code, ran.out) == (0, "")
    book = load_workbook(output)
    sheet = book.worksheets[0]
    titles, codes, *keys = sheet.iter_rows(values_only=True)
    assert titles[0] == "企业代码 *"
    assert "industry" not in codes, "the feed does not state it"
    told = [{code: cell for code, cell in zip(codes, row, strict=True) if cell is not None} for row in keys]
    of = {"enterprise": "us-agency:M1", "quarter": "2025-Q3"}
    assert told == [of | {"skill": "合计"}, of | {"region": "350200 厦门市", "skill": "Go语言"}]
    assert [row[0] for row in book["名单"].iter_rows(min_row=3, values_only=True)] == ["us-agency:M1"]
    found = read_stamp(output.read_bytes())
    assert found is not None
    assert (found.feed, found.organisation, found.is_altered) == ("north", "us-agency:north", False)
    twin = tmp_path / "made.csv"
    assert stored("templates", "make", "north", "--quarter", "2025-Q3", "--prefill", "--csv", "-o", twin).code == 0
    with twin.open(encoding="utf-8-sig", newline="") as opened:
        assert [row[0] for row in csv.reader(opened)] == ["企业代码 *", "enterprise", *["us-agency:M1"] * 2]
    ran = stored("templates", "make", "south", "--quarter", "2025-Q2", "--prefill", "-o", output)
    assert ran.code == 0, "a feed that reported nothing before gets an empty one"
    assert load_workbook(output).worksheets[0].max_row == 2
    assert stored("templates", "make", "nobody", "--quarter", "2025-Q3", "-o", output).code == 2
