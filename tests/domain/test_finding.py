"""A finding: its address, its words, and that it comes back from where it is kept."""

import pytest

from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding

TOTALS = contract("totals")


@pytest.mark.parametrize(
    ("position", "cell"), [(0, "A7"), (5, "F7"), (25, "Z7"), (26, "AA7"), (51, "AZ7"), (701, "ZZ7"), (702, "AAA7")]
)
def test_a_cell_is_addressed_as_a_spreadsheet_does(position: int, cell: str) -> None:
    assert Finding("NQ-INTEGER", 7, "count", position).cell == cell


def test_without_a_row_or_a_place_there_is_no_address() -> None:
    assert Finding("NQ-FILE-EMPTY").cell is None
    assert Finding("NQ-HEADER-MISSING", 1, "count").cell is None


def test_a_finding_is_told_with_place_fault_and_remedy_in_both_languages() -> None:
    told = Finding("NQ-INTEGER", 7, "count", 3, "约20").as_json(TOTALS)
    assert told == {
        "code": "NQ-INTEGER",
        "severity": "hard",
        "sheet": None,
        "row": 7,
        "column": "count",
        "cell": "D7",
        "value": "约20",
        "message": {"zh": "“约20”不是整数。", "en": "“约20” is not a whole number."},
        "remedy": {
            "zh": "请只填数字，例如“152”，不要带单位、“约”或小数。",
            "en": "Give digits only, for example “152”, without unit, “about” or decimals.",
        },
    }


def test_the_words_of_a_cell_are_no_places_of_ours() -> None:
    finding = Finding("NQ-DUPLICATE", 9, "term", 2, "{x}", {"first": 4})
    assert finding.as_json(TOTALS)["message"] == {
        "zh": "“{x}”已在第 4 行出现过。",
        "en": "“{x}” already stands in row 4.",
    }


def test_its_severity_is_its_rules() -> None:
    assert Finding("NQ-HEADER-UNKNOWN").severity(TOTALS) is Severity.INFO
    assert Finding("NQ-MINIMUM").severity(TOTALS) is Severity.HARD
