"""`contract show`, `check` and `submit` as programs and people call them."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.bootstrap import House
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract
from ievq_pipeline.domain.period import Quarter

Ievq = Callable[..., Any]
HEADER = "来源,季度,技能词,招聘数,招聘总数,月数"
GOOD = "\n".join([HEADER, *(f"hn,2025-Q3,t{n},100,2314,3" for n in range(60))])
SHAPE = [
    "verdict", "file", "rows_read", "rows_accepted", "rows_quarantined", "findings", "normalised", "rules_version",
    "code_lists", "checks_not_run",
]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a file to hand in; text in the encoding of offices."""

    def write(content: str | bytes, name: str = "报送.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("gb18030"))
        return path

    return write


File = Callable[..., Path]


@pytest.mark.parametrize("kind", [*CONTRACTS, *REGISTERS])
def test_the_contract_is_shown_as_one_json_document(ievq: Ievq, kind: str) -> None:
    shown = ievq("contract", "show", kind, "--json")
    assert shown.code == 0
    assert shown.json == contract(kind).as_json()
    assert shown.err == ""


def test_the_contract_is_shown_to_people_in_their_language(ievq: Ievq) -> None:
    assert "招聘总数" in ievq("--lang", "zh", "contract", "show", "totals").out
    assert "All postings of the source" in ievq("contract", "show", "totals").out


def test_an_unknown_kind_is_a_wrong_call(ievq: Ievq) -> None:
    for arguments in (("contract", "show", "jobs", "--json"), ("check", "x.csv", "--feed-kind", "jobs", "--json")):
        shown = ievq(*arguments)
        assert (shown.code, shown.out) == (2, "")
        assert "known: job-demand, technology, totals" in shown.err


def test_a_good_file_exits_with_0(ievq: Ievq, file: File) -> None:
    named = file(GOOD).name  # it is found where the call is made
    ran = ievq("check", named, "--feed-kind", "totals", "--quarter", "2025Q3", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert list(ran.json) == SHAPE
    assert ran.json["verdict"] == "accepted"
    assert (ran.json["file"]["name"], ran.json["file"]["encoding"]) == ("报送.csv", "gb18030")


@pytest.mark.parametrize(
    ("content", "code", "verdict", "finding"),
    [
        (f"{GOOD}\nhn,2025-Q3,X,约20,2314,3", 1, "accepted_with_quarantine", "NQ-INTEGER"),
        (f"{GOOD}\nhn,2025-Q3,X,-20,2314,3", 1, "accepted_with_quarantine", "NQ-MINIMUM"),
        (GOOD.replace("技能词", "名称"), 1, "rejected", "NQ-HEADER-MISSING"),
        (GOOD.replace("2025-Q3", "2025-Q2"), 1, "rejected", "NQ-QUARTER-OTHER"),
        (GOOD.replace(",100,", ",多,"), 1, "rejected", "NQ-INTEGER"),
        ("", 2, "unreadable", "NQ-FILE-EMPTY"),
        (b"%PDF-1.7\n%\xe2\xe3", 2, "unreadable", "NQ-FILE-NOT-TABLE"),
        (GOOD.encode("utf-16-le"), 2, "unreadable", "NQ-FILE-ENCODING"),
        (os.urandom(5_000) + b"\0\xff", 2, "unreadable", "NQ-FILE-NOT-TABLE"),
    ],
)
def test_a_bad_file_is_answered_with_place_and_remedy_in_both_languages(
    ievq: Ievq, file: File, content: str | bytes, code: int, verdict: str, finding: str
) -> None:
    ran = ievq("check", file(content), "--feed-kind", "totals", "--quarter", "2025-Q3", "--json")
    assert (ran.code, ran.err, list(ran.json)) == (code, "", SHAPE)
    assert ran.json["verdict"] == verdict
    (first, *_) = [found for found in ran.json["findings"] if found["code"] == finding]
    for part in ("message", "remedy"):
        assert all(first[part][language] for language in ("zh", "en"))
    if finding in ("NQ-INTEGER", "NQ-MINIMUM", "NQ-QUARTER-OTHER"):
        assert first["cell"] == f"{'B' if finding == 'NQ-QUARTER-OTHER' else 'D'}{first['row']}"


#: a file of each kind, and the rows of it that are good whatever stands in its last cell
PANEL = {
    "job-demand": (
        """统一社会信用代码,季度,地区,行业,技能,招聘人数
91350100M000100Y43,2025年第3季度,350200,39,Python,12
us-agency:DN,2025-Q3,,,零报告,
91350100M000100Y43,2025-Q3,,,合计,{}
""",
        "2,91350100M000100Y43,2025-Q3,350200,39,,python,12,,,,\n3,us-agency:DN,2025-Q3,,,,nil-report,,,,,\n",
    ),
    "technology": (
        """社会信用代码,季度,技术名称,阶段,相关技能
91350100M000100Y43,2025-Q3,数字孪生,试点,三维建模；Python
us-agency:DN,2025-Q3,NIL,,
us-agency:DC,2025-Q3,5G,应用,{}
""",
        "2,91350100M000100Y43,2025-Q3,digital-twin,pilot,三维建模;python,\n3,us-agency:DN,2025-Q3,nil-report,,,\n",
    ),
}


@pytest.mark.parametrize("kind", PANEL)
def test_files_of_reporters_are_checked_without_a_database(ievq: Ievq, file: File, tmp_path: Path, kind: str) -> None:
    given, accepted = PANEL[kind]
    out = tmp_path / "rows.csv"
    arguments = ("--feed-kind", kind, "--quarter", "2025-Q3", "--rows-out", out, "--json")
    good = ievq("check", file(given.format(15)), *arguments)
    assert (good.code, good.err, list(good.json), good.json["findings"]) == (0, "", SHAPE, [])
    shipped = contract(kind).list_versions(code_lists.versions())
    assert good.json["code_lists"] == shipped
    assert {"regions", "industries", "occupations", "skills", "technologies"} >= set(shipped) >= {"skills"}
    assert good.json["rules_version"] == contract(kind).rules_version(shipped)
    assert accepted in out.read_text()
    bad = ievq("check", file(given.format("")), *arguments)
    assert (bad.code, bad.json["verdict"]) == (1, "accepted_with_quarantine")
    assert [found["code"] for found in bad.json["findings"]] == ["NQ-REQUIRED"]
    assert out.read_text().partition("\n")[2] == accepted


def test_people_are_told_on_standard_error_in_their_language_with_repeats_grouped(ievq: Ievq, file: File) -> None:
    bad = file(f"{GOOD}\nhn,2025-Q3,X,约20,2314,3\nhn,2025-Q3,Y,约30,2314,３")
    zh = ievq("--lang", "zh", "check", bad, "--feed-kind", "totals")
    assert (zh.code, zh.out) == (1, "")
    assert "已接受，部分行被隔离：读取 62 行，接受 60 行，隔离 2 行" in zh.err
    assert "NQ-INTEGER D 列“招聘数”有 2 格：不是整数\n    “约20”：D62\n    “约30”：D63\n    → 请只填数字" in zh.err
    assert "“月数”1 处：全角转半角，如“３”读作“3”" in zh.err
    en = ievq("check", bad, "--feed-kind", "totals")
    assert "accepted, with rows quarantined: 62 rows read, 60 accepted, 2 quarantined" in en.err
    assert "NQ-INTEGER 2 cells in column D, Count: Not a whole number" in en.err
    assert "None" not in zh.err + en.err


def test_hundreds_of_cells_are_one_line_with_their_commonest_values_and_all_cells_in_the_data(
    ievq: Ievq, file: File
) -> None:
    rows = [f"hn,2025-Q3,t{n},{'约20' if n < 300 else '几个' if n < 312 else 5},2314,3" for n in range(400)]
    bad = file("\n".join([HEADER, *rows, "", "填报人：张某，合计见附表"]))
    zh = ievq("--lang", "zh", "check", bad, "--feed-kind", "totals")
    assert "未接受：读取 400 行，其中 312 行有错；改好后请重新报送整份文件" in zh.err
    assert "D 列“招聘数”有 312 格：不是整数" in zh.err
    assert "“约20”（300 处）：D2、D3、D4、D5、D6等" in zh.err
    assert "“几个”（12 处）：D302" in zh.err
    assert "  1 处：表格下方的说明" in zh.err, "what has no column reads well"
    en = ievq("check", bad, "--feed-kind", "totals")
    assert "312 cells in column D, Count" in en.err
    assert "None" not in zh.err + en.err
    assert len(ievq("check", bad, "--feed-kind", "totals", "--json").json["findings"]) == 312


def test_accepted_rows_are_written_where_asked(ievq: Ievq, file: File, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    ran = ievq("check", file(f"{GOOD}\nhn,2025-Q3,X,?,2314,3"), "--feed-kind", "totals", "--rows-out", out, "--json")
    assert ran.code == 1
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["row", "source", "quarter", "term", "count", "exposure", "months"]
    assert rows[1] == ["2", "hn", "2025-Q3", "t0", "100", "2314", "3"]
    assert len(rows) == 61


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "missing.csv", "--feed-kind", "totals"],
        ["check", ".", "--feed-kind", "totals"],
        ["check", "good.csv"],
        ["check", "good.csv", "--feed-kind", "totals", "--quarter", "soon"],
        ["check", "good.csv", "--feed-kind", "totals", "--rows-out", "nowhere/rows.csv"],
        ["check", "good.csv", "--feed-kind", "totals", "--unknown"],
        ["--lang", "fr", "check", "good.csv", "--feed-kind", "totals"],
        ["no-such-command"],
    ],
)
def test_a_wrong_call_exits_with_2_and_prints_no_document(ievq: Ievq, file: File, arguments: list[str]) -> None:
    file(GOOD, "good.csv")
    ran = ievq(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip()


def test_a_file_over_the_cap_is_answered_without_being_read(
    ievq: Ievq, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IEVQ_UPLOAD_CAP_MB", "1")
    big = file(b"x" * 1_000_001)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    ran = ievq("check", big, "--feed-kind", "totals", "--json")
    assert (ran.code, ran.json["verdict"]) == (2, "unreadable")
    assert (ran.json["file"]["bytes"], ran.json["file"]["sha256"]) == (1_000_001, None)
    assert ran.json["findings"][0]["message"]["en"] == "The file is over the cap: at most 1 MB."


def test_what_a_file_says_does_not_steer_the_terminal(ievq: Ievq, file: File) -> None:
    ran = ievq("check", file(f"{GOOD}\nhn,2025-Q3,[red]X[/],\x1b[2J\x07oops,2314,3"), "--feed-kind", "totals")
    assert ran.code == 1
    assert "\x1b" not in ran.err
    assert r"\x1b[2J\x07oops" in ran.err


def program(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`ievq` as a process of its own, where the terminal speaks ASCII and no database is near."""
    command = [sys.executable, "-c", "from ievq_pipeline.cli import main; main()", *arguments]
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONIOENCODING": "ascii",
        "IEVQ_DATABASE_URL": "postgresql+psycopg://127.0.0.1:9/x",
    }
    return subprocess.run(command, capture_output=True, env=env | environment, timeout=60)


def test_check_needs_no_database_and_prints_utf_8_json_whatever_the_terminal_and_the_files_name(
    file: File, tmp_path: Path
) -> None:
    name = os.path.join(os.fsencode(tmp_path), "第三季度.csv".encode("gb18030"))  # noqa: PTH118 - a name in bytes
    file(GOOD).rename(os.fsdecode(name))
    ran = program("check", name, "--feed-kind", "totals", "--json")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout.decode("utf-8"))["file"]["name"] == "第三季度.csv"


def test_without_its_database_a_command_exits_with_3_and_says_so() -> None:
    ran = program("feeds", "list", "--json")
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert b"database does not answer" in ran.stderr
    assert b"Traceback" not in ran.stderr


# --- submit ----------------------------------------------------------------------------------------------------------


def open_for(ievq: Ievq, quarter: str = "2025-Q3") -> None:
    assert ievq("feeds", "add", "hn").code == 0
    assert ievq("quarters", "open", quarter).code == 0


def counted(house: House) -> dict[str, int]:
    """How much is stored, by table."""
    with house.sessions() as session:
        names = ("submission", "submission_answer", "total_observation", "filing", "filing_in_force", "known")
        return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}


def test_submit_gives_receipt_and_answer_at_once(stored: Ievq, file: File) -> None:
    open_for(stored)
    ran = stored("submit", file(GOOD), "--feed", "hn", "--quarter", "2025年三季度", "--json")
    assert (ran.code, ran.err) == (0, "")
    told = ran.json
    assert (told["state"], told["verdict"], told["number"]) == ("accepted", "accepted", 1)
    assert (told["rows_read"], told["rows_accepted"], told["findings"]) == (60, 60, [])
    assert told["url"].endswith(f"/v1/submissions/{told['submission_id']}")
    shown = stored("submissions", "show", told["submission_id"], "--json")
    assert shown.json == told
    plain = stored("submissions", "show", told["submission_id"])
    assert (plain.code, plain.out) == (0, "")
    assert "hn 2025-Q3, accepted" in plain.err
    assert "60 accepted" in plain.err


def test_a_repeat_gives_the_same_receipt_and_going_back_is_a_new_submission(stored: Ievq, file: File) -> None:
    open_for(stored)
    first, changed = file(GOOD, "a.csv"), file(GOOD.replace(",100,", ",101,"), "b.csv")
    numbers = [
        stored("submit", path, "--feed", "hn", "--quarter", "2025-Q3", "--json").json["number"]
        for path in (first, first, changed, changed, first)
    ]
    assert numbers == [1, 1, 2, 2, 3]


def test_a_bad_file_changes_nothing_that_counts(stored: Ievq, house: House, file: File) -> None:
    open_for(stored)
    stored("submit", file(GOOD), "--feed", "hn", "--quarter", "2025-Q3", "--json")
    assert stored("run", "--json").code == 0
    before = counted(house)
    for content in ("", b"%PDF-1.7", GOOD.replace("季度", "年"), GOOD.replace("2025-Q3", "2025-Q2")):
        ran = stored("submit", file(content), "--feed", "hn", "--quarter", "2025-Q3", "--json")
        assert ran.code in (1, 2)
        assert ran.json["state"] == "rejected"
    assert stored("run", "--json").json["store"] == []
    after = counted(house)
    assert after["submission"] == before["submission"] + 4
    assert {name: after[name] for name in ("total_observation", "filing", "filing_in_force", "known")} == {
        name: before[name] for name in ("total_observation", "filing", "filing_in_force", "known")
    }


@pytest.mark.parametrize(
    ("feed", "quarter", "said"),
    [
        ("other", "2025-Q3", "no feed “other”"),
        ("hn", "2025-Q4", "2025-Q4 is not open"),
        ("hn", "soon", "“soon” is not a quarter"),
        ("a\udcffb", "2025-Q3", "not UTF-8"),
        ("a\x1b[2Jb", "2025-Q3", r"no feed “a\x1b[2Jb”"),
    ],
)
def test_a_submission_that_has_no_place_is_refused(
    stored: Ievq, file: File, feed: str, quarter: str, said: str
) -> None:
    open_for(stored)
    ran = stored("submit", file(GOOD), "--feed", feed, "--quarter", quarter, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_quarter_does_not_close_over_a_file_on_its_way_and_takes_late_ones_afterwards(
    stored: Ievq, file: File
) -> None:
    open_for(stored, "2012-Q1")
    real = file(hacker_news.totals_file(Quarter(2012, 1)))
    assert stored("submit", real, "--feed", "hn", "--quarter", "2012-Q1").code == 0
    early = stored("quarters", "close", "2012-Q1")
    assert early.code == 2
    assert "still on their way" in early.err
    assert stored("run").code == 0
    assert stored("quarters", "close", "2012-Q1").code == 0
    changed = file(hacker_news.totals_file(Quarter(2012, 1)) + b"\r\n")
    late = stored("submit", changed, "--feed", "hn", "--quarter", "2012-Q1", "--json")
    assert late.code == 0
    assert stored("run").code == 0
    told = stored("submissions", "show", late.json["submission_id"], "--json").json
    assert (told["state"], told["is_late"]) == ("in_force", True)
    planned = stored("submit", changed, "--feed", "hn", "--quarter", "2012-Q2")
    assert (planned.code, planned.out) == (2, "")
    assert "not open" in planned.err
