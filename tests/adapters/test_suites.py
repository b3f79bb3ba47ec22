"""The suites hold typed rows to the same cells as the cell engine; what crashes is told, and is no pass.

All tables of a kind are parts of one union, as in the room that runs the suite; each test looks at its own part.
"""

import io
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache

import polars as pl
import polars.selectors as cs
import pytest
from openpyxl import Workbook

from ievq_pipeline.adapters import suite_tables, suites
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.suite_tables import Part
from ievq_pipeline.domain.contracts import CONTRACTS, contract
from ievq_pipeline.domain.contracts.model import NOT_STATED, CheckedBy, Contract, Field, FieldType, Severity
from tests.adapters import test_job_demand as job_demand
from tests.adapters import test_technology as technology
from tests.adapters.test_checks import mutated
from tools import expectations as files

KINDS = list(CONTRACTS)
EXPECTED = Expected("2025-Q3", "hn")
A, B, C = "91350100M000100Y43", "91110000600037341L", "us-agency:DN"
#: what a cell is told to be by rule and column: (rule, row, column)
Cells = set[tuple[str, int, str]]
Row = dict[str, str]
GOOD: dict[str, list[Row]] = {
    "job-demand": [
        {"enterprise": A, "quarter": "2025-Q3", "region": "350200", "industry": "39", "skill": f"t{n}", "openings": "9"}
        for n in range(8)
    ],
    "technology": [
        {"enterprise": A, "quarter": "2025-Q3", "technology": f"t{n}", "stage": "pilot", "skills": "SQL;Go"}
        for n in range(8)
    ],
    "totals": [
        {"source": "hn", "quarter": "2025-Q3", "term": f"t{n}", "count": "9", "exposure": "90", "months": "3"}
        for n in range(8)
    ],
}


def csv(kind: str, rows: list[Row]) -> bytes:
    codes = [f.code for f in contract(kind).fields]
    return "\n".join([",".join(codes), *(",".join(row.get(code, "") for code in codes) for row in rows)]).encode()


def typed(kind: str, rows: list[Row]) -> pl.DataFrame:
    """The same rows in the types of accepted ones, faults and all."""
    integers = {f.code for f in contract(kind).fields if f.type is FieldType.INTEGER}
    columns = {
        code: [None if not (text := row.get(code)) else int(text) if code in integers else text for row in rows]
        for code in (f.code for f in contract(kind).fields)
    }
    numbers = list(range(2, len(rows) + 2))
    return pl.DataFrame({"row": numbers, **columns}, schema=suite_tables.schema(contract(kind)))


def workbook(kind: str, rows: list[Row]) -> bytes:
    """The same as a workbook: numbers as numbers, everything else as text."""
    fields = contract(kind).fields
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([f.code for f in fields])
    for number, row in enumerate(rows, start=2):
        for at, f in enumerate(fields, start=1):
            if text := row.get(f.code):
                is_number = f.type is FieldType.INTEGER and text.lstrip("-").isdecimal()
                cell = sheet.cell(number, at, int(text) if is_number else text)
                cell.data_type = "n" if is_number else "s"  # what looks like an error or a formula is text too
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_engine(kind: str, rows: list[Row], written: Callable[[str, list[Row]], bytes] = csv) -> Cells:
    """What the cell engine finds by rules that are checked by both."""
    findings = check(written(kind, rows), contract(kind), EXPECTED).findings
    both = {rule.code for rule in contract(kind).rules if rule.checked_by is CheckedBy.BOTH}
    soft = {rule.code for rule in contract(kind).rules if rule.severity is Severity.SOFT}
    assert {finding.code for finding in findings} <= both | soft | {"NQ-LIST-DOUBT"}
    return {(f.code, f.row, f.column) for f in findings if f.code in both and f.row and f.column}


# --- tables with faults ----------------------------------------------------------------------------------------------


def bad_cells(f: Field) -> Iterator[tuple[str, str]]:
    """By rule, what a cell of the column may not hold."""
    if f.required:
        yield "NQ-REQUIRED", ""
    if f.type is FieldType.INTEGER and f.minimum is not None and f.maximum is not None:
        yield "NQ-MINIMUM", str(f.minimum - 1)
        yield "NQ-MAXIMUM", str(f.maximum + 1)
    elif f.maximum is not None:
        code = "NQ-NOTE-LONG" if f.type is FieldType.TEXT else "NQ-TEXT-LONG"
        yield code, ("x:" if f.scheme else "") + "长" * (f.maximum + 1 - 2 * bool(f.scheme))
    if f.type is FieldType.QUARTER:
        yield from (("NQ-QUARTER", "third"), ("NQ-QUARTER", "2025-Q5"), ("NQ-QUARTER-OTHER", "2025-Q2"))
    if f.choices:
        yield from (("NQ-CHOICE", "?"), ("NQ-CHOICE", "第四层"))
    if f.type is FieldType.WORDING and f.required:
        yield from (
            ("NQ-WORDING", text)
            for text in (
                "---",
                "#ref!",
                "#NAME?",
                "\ufffd公司",
                "小计",
                "n/a",
                "；" if not f.is_list else "SQL;#N/A;Go",
            )
        )
    if f.scheme:
        yield from (("NQ-SCHEME", ":DN"), ("NQ-SCHEME", "us-agency:"), ("NQ-SCHEME", "厦门:1"), ("NQ-SCHEME", "-x:1"))
        for code in ("gbt2260:3502", "gbt2260:remot", "gbt4754:U", "gbt4754:1", "csco:2-02-1x", "csco:9-02-10-03"):
            if code.partition(":")[0] != f.scheme:  # else its agreed spelling is the bare one
                yield "NQ-CODE", code
        for code in (A[:-1] + "4", A[:-1], A.replace("M", "I"), "９１", "厦门某公司"):
            yield "NQ-CREDIT-CODE", code if f.scheme == "uscc" else f"uscc:{code}"
        if f.scheme != "uscc":
            yield "NQ-CODE", {"gbt2260": "3502", "gbt4754": "1", "csco": "9-02-10-03"}[f.scheme]


def one_fault(kind: str) -> Iterator[tuple[str, list[Row]]]:
    """A table for each rule and column, with that one fault among good rows."""
    for f in contract(kind).fields:
        for number, (rule, text) in enumerate(bad_cells(f)):
            yield f"{rule} {f.code} {number}", [*GOOD[kind], {**GOOD[kind][0], "skill": "X", "technology": "X",
                                                "term": "X", f.code: text}]  # fmt: skip


def nil(kind: str, enterprise: str = B, **more: str) -> Row:
    named = contract(kind).subject[-1]
    return {"enterprise": enterprise, "quarter": "2025-Q3", named: "nil-report", **more}


def total(openings: str, enterprise: str = A, **more: str) -> Row:
    return {"enterprise": enterprise, "quarter": "2025-Q3", "skill": "TOTAL", "openings": openings, **more}


#: rows that contradict others of their table, after good ones
ACROSS: dict[str, dict[str, list[Row]]] = {
    "job-demand": {
        "NQ-ZERO-COUNTED": [nil("job-demand", openings="5")],
        "NQ-TOTAL-REGION": [total("50", region="350200")],
        "NQ-TOTAL-TWICE": [total("50"), total("60"), total("9", B)],
        "NQ-TOTAL-BELOW": [total("8")],
        "NQ-ZERO-BESIDE-ROWS": [nil("job-demand", A)],
        "NQ-ZERO-BESIDE-ROWS by a total": [nil("job-demand"), total("7", B)],
        "NQ-DUPLICATE": [GOOD["job-demand"][0], GOOD["job-demand"][0] | {"openings": "1", "applicants": "2"}],
        "NQ-DUPLICATE of zero reports": [nil("job-demand"), nil("job-demand", openings="0")],
        "NQ-REQUIRED in a zero report": [nil("job-demand", quarter=""), nil("job-demand", enterprise="")],
        "NQ-REQUIRED in a total": [total("")],
    },
    "technology": {
        "NQ-ZERO-BESIDE-ROWS": [nil("technology", A)],
        "NQ-DUPLICATE": [GOOD["technology"][3] | {"stage": "research"}, nil("technology"), nil("technology")],
    },
    "totals": {
        "NQ-COUNT-OVER-EXPOSURE": [GOOD["totals"][0] | {"term": "X", "count": "91"}],
        "NQ-DUPLICATE": [GOOD["totals"][5] | {"count": "1"}] * 2,
        "NQ-EXPOSURE-DIFFERS": [GOOD["totals"][0] | {"term": "X", "exposure": "91"}],
        "NQ-SOURCE-OTHER": [GOOD["totals"][0] | {"term": "X", "source": "other"}],
    },
}
#: what looks like a fault and is none
FINE: dict[str, list[Row]] = {
    "job-demand": [
        *GOOD["job-demand"],
        *(GOOD["job-demand"][0] | other for other in ({"enterprise": B}, {"region": "remote"}, {"tier": "3"},
          {"industry": "naics:54"}, {"occupation": "2-02-10-03"}, {"post_ref": "7"}, {"is_required": "no"})),
        nil("job-demand", C), total("9"), total("0", C), GOOD["job-demand"][0] | {"openings": "0", "skill": "x" * 200},
    ],
    "technology": [*GOOD["technology"], GOOD["technology"][0] | {"enterprise": C}, nil("technology", B)],
    "totals": [*GOOD["totals"], GOOD["totals"][0] | {"term": "T0", "count": "90"}],
}  # fmt: skip


def mixture(kind: str, luck: random.Random) -> list[Row]:
    """A table with some faults of any sort anywhere: they may hide or help each other."""
    pool = [rows for _, rows in one_fault(kind)]
    table = list(FINE[kind])
    for _ in range(luck.randint(1, 6)):
        match luck.randrange(3):
            case 0:
                table.append(luck.choice(luck.choice(list(ACROSS[kind].values()))))
            case 1:
                table.append(luck.choice(pool)[-1])
            case _:
                f = luck.choice(contract(kind).fields)
                if cells := list(bad_cells(f)):
                    at = luck.randrange(len(table))
                    table[at] = table[at] | {f.code: luck.choice(cells)[1]}
    luck.shuffle(table)
    return table


@cache
def tables(kind: str) -> dict[str, list[Row]]:
    across = {name: [*GOOD[kind], *rows] for name, rows in ACROSS[kind].items()}
    luck = random.Random(f"suites {kind}")
    mixtures = {f"mixture {number}": mixture(kind, luck) for number in range(60)}
    return {"fine": FINE[kind], **dict(one_fault(kind)), **across, **mixtures}


def part(rows: pl.DataFrame, rules: Contract) -> Part:
    """Accepted rows as examine reads them."""
    return Part(rows.with_columns(cs.categorical().cast(pl.String)), rules, EXPECTED)


@cache
def accepted(kind: str) -> dict[str, Part]:
    """What the cell engine accepts of raw files in any spelling, mutated ones too, and by feeds of other schemes."""
    rules = contract(kind)
    good = {"job-demand": "\n".join([job_demand.HEADERS["offices"], job_demand.FULL, *job_demand.rows(60, B),
                                     job_demand.marker("零报告", C), job_demand.marker("合计", B, "1,０００")]),
            "technology": "\n".join([technology.HEADERS["zh"], *technology.rows(60), technology.nil()]),
            "totals": "\n".join(["来源,季度,技能词,招聘数,招聘总数,月数",
                                 *(f"hn,2025年第3季度,词{n},{n},１００,3" for n in range(60))])}[kind]  # fmt: skip
    luck = random.Random(f"accepted {kind}")
    raw = [good.encode(), *(mutated(good.encode("gb18030"), luck) for _ in range(60))]
    raw += [workbook(kind, [*FINE[kind], *mixture(kind, luck)[:2]]) for _ in range(20)]
    answers = [check(data, rules, EXPECTED) for data in raw]
    found = {f"file {n}": part(a.accepted, rules) for n, a in enumerate(answers) if not a.accepted.is_empty()}
    if kind == "job-demand":
        agreed = rules.with_schemes({"enterprise": "hn", "region": "iso3166", "industry": NOT_STATED})
        lines = ("enterprise,quarter,region,skill,openings", "0b01.com,2025-Q3,US-CA,Go,1",
                 f"uscc:{A},2025-Q3,iso3166:GB,Go,1", "hn:a:b,2025-Q3,US-CA,Go,1")  # fmt: skip
        text = "\n".join(lines)
        found["other schemes"] = part(check(text.encode(), agreed, EXPECTED).accepted, agreed)
    assert len(found) > 8
    return found


@cache
def by_suite(kind: str) -> dict[str, Cells]:
    """One run over all tables of a kind, as its shipped suite finds them."""
    parts = {name: Part(typed(kind, rows), contract(kind), EXPECTED) for name, rows in tables(kind).items()}
    parts |= accepted(kind)
    assert all(part.fits for part in parts.values())
    outcome = suites.run(suites.shipped(suites.name(contract(kind))), suite_tables.table([*parts.values()]))
    assert outcome.crashes == []
    return {name: cells_of(outcome.failures.get(place, [])) for place, name in enumerate(parts)}


def cells_of(failures: list[suites.Failure]) -> Cells:
    assert all(failure.count == len(failure.rows) for failure in failures), "more rows than are shown"
    return {(failure.rule, row, failure.column) for failure in failures for row in failure.rows}


def named(sort: Callable[[str], bool]) -> pytest.MarkDecorator:
    cases = [(kind, name) for kind in KINDS for name in tables(kind) if sort(name)]
    return pytest.mark.parametrize(("kind", "name"), cases, ids=[f"{kind}: {name}" for kind, name in cases])


@named(lambda name: name.startswith("NQ-"))
def test_a_fault_is_found_by_both_in_the_same_cell(kind: str, name: str) -> None:
    cells = by_engine(kind, tables(kind)[name])
    assert name.partition(" ")[0] in {rule for rule, _, _ in cells}
    assert by_suite(kind)[name] == cells


@named(lambda name: name.startswith("mixture"))
def test_of_faults_that_mix_both_hold_the_same_rows(kind: str, name: str) -> None:
    cells = by_engine(kind, tables(kind)[name])
    assert {row for _, row, _ in by_suite(kind)[name]} == {row for _, row, _ in cells}


@pytest.mark.parametrize("kind", KINDS)
def test_in_workbooks_both_hold_the_same_cells_too(kind: str) -> None:
    for name, rows in list(tables(kind).items()):
        cells = by_engine(kind, rows, workbook)
        if name.startswith("mixture"):
            assert {row for _, row, _ in by_suite(kind)[name]} == {row for _, row, _ in cells}, name
        else:
            assert by_suite(kind)[name] == cells, name


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_in_rows_that_were_accepted(kind: str) -> None:
    assert by_engine(kind, FINE[kind]) == set()
    assert {name: by_suite(kind)[name] for name in ["fine", *accepted(kind)] if by_suite(kind)[name]} == {}


# --- the suites themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_of_both_has_expectations_and_each_of_them_can_fail(kind: str) -> None:
    rules = contract(kind)
    both = {rule.code for rule in rules.rules if rule.checked_by is CheckedBy.BOTH}
    held = suites.shipped(suites.name(rules))["expectations"]
    if not any(f.type is FieldType.INTEGER for f in rules.fields):
        both -= {"NQ-MINIMUM", "NQ-MAXIMUM"}
    assert {one["meta"]["rule"] for one in held} == both
    assert {one["meta"]["column"] for one in held} == {f.code for f in rules.fields}
    assert {one["severity"] for one in held} == {"critical"}
    failed = {(rule, column) for cells in by_suite(kind).values() for rule, _, column in cells}
    assert failed == {(one["meta"]["rule"], one["meta"]["column"]) for one in held}


def test_the_files_are_those_of_the_contracts() -> None:
    for name, text in files.files().items():
        assert (files.FOLDER / name).read_text("utf-8") == text, "run `make expectations`"


def test_a_credit_codes_rest_is_none_exactly_where_its_check_character_is_right() -> None:
    from stdnum.cn import uscc

    luck = random.Random("credit codes")
    for _ in range(300):
        code = "".join(luck.choices("0123456789", k=8) + luck.choices(suite_tables.CREDIT_LETTERS, k=10))
        assert (suite_tables.credit_rest(code) == 0) == uscc.is_valid(code)
        assert suite_tables.credit_rest(code[:-1] + uscc.calc_check_digit(code[:-1])) == 0


# --- what is no verdict on rows --------------------------------------------------------------------------------------


def rules_of(*expectations: dict[str, object], severity: str = "critical") -> dict[str, object]:
    meta = {"rule": "NQ-X", "column": "count"}
    return {"expectations": [{"meta": meta, "severity": severity, **one} for one in expectations]}


def two_parts(*, rows: int = 8) -> pl.DataFrame:
    part = Part(typed("totals", GOOD["totals"][:rows]), contract("totals"), EXPECTED)
    return suite_tables.table([part, part])


TOO_FEW: dict[str, object] = {
    "type": "expect_column_values_to_be_between", "kwargs": {"column": "count", "min_value": 10}
}  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "absent"}}, "absent"),
        ({"type": "expect_column_values_to_match_regex", "kwargs": {"column": "term", "regex": "("}}, "unterminated"),
        ({"type": "expect_what_nobody_wrote", "kwargs": {"column": "term"}}, ""),
    ],
)
def test_an_expectation_that_crashes_is_told_and_is_no_verdict(broken: dict[str, object], why: str) -> None:
    outcome = suites.run(rules_of(broken, TOO_FEW), two_parts())
    (crash,) = outcome.crashes
    assert crash.startswith(f"NQ-X count ({broken['type']}): ")
    assert why in crash
    assert [str(failure) for failure in outcome.failures[1]] == ["NQ-X count 2, 3, 4, 5, 6, 7, 8, 9"]


def test_where_the_table_as_a_whole_fails_every_submission_does() -> None:
    outcome = suites.run(rules_of({"type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}}), two_parts())
    assert [(place, [str(one) for one in told]) for place, told in outcome.failures.items()] == [
        (0, ["NQ-X count"]), (1, ["NQ-X count"]),
    ]  # fmt: skip


def test_what_is_less_than_critical_holds_nothing() -> None:
    outcome = suites.run(rules_of(TOO_FEW, severity="warning"), two_parts())
    assert (outcome.failures, outcome.crashes) == ({}, [])


def test_of_very_many_faults_each_submission_tells_its_first_rows_and_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suites, "MOST_LISTED", 3)
    monkeypatch.setattr(suites, "SHOWN", 4)
    bad = Part(typed("totals", GOOD["totals"]), contract("totals"), EXPECTED)
    good = Part(typed("totals", [GOOD["totals"][0] | {"count": "10"}]), contract("totals"), EXPECTED)
    outcome = suites.run(rules_of(TOO_FEW), suite_tables.table([bad, good, bad]))
    assert {place: [str(one) for one in told] for place, told in outcome.failures.items()} == {
        0: ["NQ-X count 2, 3, 4, 5 (+4)"], 2: ["NQ-X count 2, 3, 4, 5 (+4)"],
    }  # fmt: skip


def test_rows_of_other_columns_or_types_do_not_fit() -> None:
    good = typed("totals", GOOD["totals"])
    for other in (good.drop("months"), good.cast({"count": pl.String}), good.with_columns(x=1)):
        assert not Part(other, contract("totals"), EXPECTED).fits


def test_neither_the_command_line_nor_the_web_app_loads_what_is_heavy() -> None:
    program = (
        "import sys, ievq_pipeline.cli, ievq_pipeline.web.app, ievq_pipeline.bootstrap\n"
        "sys.argv = ['ievq', 'contract', 'show', 'job-demand', '--json']\n"
        "try: ievq_pipeline.cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'great_expectations', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("{")
    assert done.stdout.splitlines()[-1] == "[]"
