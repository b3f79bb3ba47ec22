"""Single cells: what is mended without doubt, what is refused, and that nothing is guessed."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ievq_pipeline.adapters.cell_checks import NOTHING, reader
from ievq_pipeline.adapters.columns import Changes, Column, Numbers, Texts, Wordbook
from ievq_pipeline.adapters.findings import walk
from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract
from ievq_pipeline.domain.contracts.model import Contract, FieldType

TOTALS = contract("totals")


#: place, code, value and parameters of a finding
Found = tuple[int, str, str | None, dict[str, object]]


def checked(
    column: str, *cells: str, quarter: str | None = "2025-Q3", kind: Contract = TOTALS
) -> tuple[pl.Series, list[Found], dict[str, int]]:
    """The values, what was found, and how many cells were changed, by code."""
    field = kind.field(column)
    changes = Changes(column, 0, has_cells=True)
    typed: Column
    if field.type is FieldType.INTEGER:
        typed = Numbers(field, changes)
    elif field.code_list or field.type not in (FieldType.TEXT, FieldType.WORDING):
        typed = Wordbook(field, reader(field, quarter, {}), changes)
    else:
        typed = Texts(field, changes)
    result = typed.take(pl.Series(cells, dtype=pl.String), pl.Series(range(len(cells))), ())
    found = [(f.row or 0, f.code, f.value, f.parameters) for f in walk(result.findings)]
    return result.values, found, {code: change.count for code, change in changes.counted.items()}


def str_of(one: object) -> str:
    return one.feed_kind if isinstance(one, Contract) else str(one)


@pytest.mark.parametrize(
    ("cell", "value", "change"),
    [
        ("152", 152, None),
        ("0", 0, None),
        (" 152\u3000", 152, "NQ-N-BLANKS"),
        ("\u00a0152\t", 152, "NQ-N-BLANKS"),
        ("１５２", 152, "NQ-N-WIDTH"),
        ("１，２００", 1200, "NQ-N-WIDTH"),
        ("1,200", 1200, "NQ-N-SEPARATOR"),
        ("1,000,000,000", 1_000_000_000, "NQ-N-SEPARATOR"),
        ("12.0", 12, "NQ-N-DECIMALS"),
        ("1,200.00", 1200, "NQ-N-SEPARATOR"),
    ],
)
def test_a_number_is_mended_where_there_is_no_doubt(cell: str, value: int, change: str | None) -> None:
    values, findings, normalised = checked("count", cell)
    assert (values.to_list(), findings) == ([value], [])
    assert normalised == ({change: 1} if change else {})


@pytest.mark.parametrize(
    "cell",
    [
        "约20", "20人", "1.5", "12.5", "1e3", "1_000", "1 200", "1,2", "12,00", "1,2000", ",200", "0x10", "10²", "①",
        "½", "٣", "NaN", "inf", "null", "True", "--5", "5-", "一百", "=1+1", "#REF!", "５.５",
    ],
)  # fmt: skip
def test_a_cell_that_is_no_number_stays_one_fault_with_its_own_words(cell: str) -> None:
    values, findings, normalised = checked("count", "7", cell)
    assert values.to_list() == [7, None]
    assert findings == [(1, "NQ-INTEGER", cell, {})]
    assert normalised == {}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-1", "NQ-MINIMUM"),
        ("－５", "NQ-MINIMUM"),
        ("-1,200", "NQ-MINIMUM"),
        ("1000000001", "NQ-MAXIMUM"),
        ("9" * 19, "NQ-MAXIMUM"),
        ("9" * 30, "NQ-MAXIMUM"),
        ("-" + "9" * 30, "NQ-MINIMUM"),
    ],
)
def test_a_number_out_of_range_is_a_number_all_the_same(cell: str, code: str) -> None:
    values, findings, _ = checked("count", cell)
    assert values.to_list() == [None]
    assert [(at, found, value) for at, found, value, _ in findings] == [(0, code, cell)]


@pytest.mark.parametrize(("count", "exposure"), [("0", "1"), ("1000000000", "1000000000")])
def test_the_ends_of_the_range_are_in_it(count: str, exposure: str) -> None:
    assert checked("count", count)[1] == checked("exposure", exposure)[1] == []
    assert checked("exposure", "0")[1][0][1] == "NQ-MINIMUM"


@pytest.mark.parametrize("column", ["source", "quarter", "term", "count", "exposure", "months"])
def test_a_required_cell_is_not_empty(column: str) -> None:
    for blank in ("", "  ", "\u3000", "\u200b", "\ufeff"):
        _, findings, normalised = checked(column, blank)
        assert findings == [(0, "NQ-REQUIRED", None, {})]
        assert normalised == {}


def test_quarters_are_brought_to_one_spelling_and_compared() -> None:
    cells = ("2025-Q3", "2025Q3", "2025年三季度", "２０２５年第３季度", "2025-Q2", "2025年2季度", "3季度", "")
    values, findings, normalised = checked("quarter", *cells)
    assert values.to_list() == ["2025-Q3"] * 4 + ["2025-Q2", "2025-Q2", None, ""]
    assert findings == [
        (4, "NQ-QUARTER-OTHER", "2025-Q2", {"quarter": "2025-Q3"}),
        (5, "NQ-QUARTER-OTHER", "2025年2季度", {"quarter": "2025-Q3"}),
        (6, "NQ-QUARTER", "3季度", {}),
        (7, "NQ-REQUIRED", None, {}),
    ]
    assert normalised == {"NQ-N-QUARTER": 3}


def test_without_an_expected_quarter_any_will_do() -> None:
    assert checked("quarter", "2020-Q1", "2021-Q4", quarter=None)[1] == []


def test_a_text_over_its_length_is_named_by_its_beginning() -> None:
    values, findings, _ = checked("term", "好" * 200, "好" * 201)
    assert findings == [(1, "NQ-TEXT-LONG", "好" * 60, {"length": 201})]
    assert values[0] == "好" * 200


@pytest.mark.parametrize(
    ("kind", "column"),
    [(kind, f.code) for kind in (*CONTRACTS.values(), *REGISTERS.values()) for f in kind.fields],
    ids=str_of,
)
@given(cells=st.lists(st.text(), min_size=1, max_size=20))
@settings(max_examples=40)
def test_whatever_stands_in_a_cell_it_is_a_value_or_a_fault(cells: list[str], kind: Contract, column: str) -> None:
    values, findings, _ = checked(column, *cells, kind=kind)
    bad = {at for at, *_ in findings}
    assert len(values) == len(cells)
    for at, value in enumerate(values):
        may_be_empty = not kind.field(column).required and cells[at].strip(BLANKS) in {"", *NOTHING}
        assert at in bad or value not in (None, "") or may_be_empty
    assert len({(at, code) for at, code, *_ in findings}) == len(findings)


@given(st.integers(0, 1_000_000_000))
def test_a_number_written_in_any_of_our_ways_is_the_same_number(number: int) -> None:
    plain = str(number)
    wide = plain.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    values, findings, _ = checked("count", plain, wide, f"{number:,}", f" {number} ", f"{number}.0")
    assert (values.to_list(), findings) == ([number] * 5, [])
