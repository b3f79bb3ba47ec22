"""The template as CSV: what its header says is read, and nothing in it is a formula."""

import csv
import io

import pytest

from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.reading import layout
from ievq_pipeline.adapters.templates.twin import csv_twin
from ievq_pipeline.domain.contracts import CONTRACTS, contract
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.template import Order


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", CONTRACTS)
def test_header_and_codes_are_those_of_the_contract(kind: str, language: str) -> None:
    rules = contract(kind)
    titles, codes = rows_of(csv_twin(Order(rules, "2025-Q3", language)))
    head = layout.header(1, titles, rules)
    assert head.findings == []
    assert list(head.positions) == codes == [f.code for f in rules.fields]
    assert layout.repeats_header(codes, head)


def test_a_row_below_the_codes_is_read_by_the_check_and_the_codes_are_no_row() -> None:
    key = {"enterprise": "91350100M000100Y43", "region": "350200", "industry": "39", "skill": "Go语言"}
    made = csv_twin(Order(contract("job-demand"), "2025-Q3", keys=[key])).decode("utf-8-sig")
    filled = made.replace("Go语言,", "Go语言,12", 1)
    answer = check(filled.encode("utf-8-sig"), contract("job-demand"), Expected("2025-Q3"))
    assert (answer.verdict, list(answer.findings), answer.rows_read) == (Verdict.ACCEPTED, [], 1)
    assert answer.accepted.select("row", "openings").row(0) == (3, 12)


def test_keys_come_with_the_quarter_and_no_cell_is_a_formula() -> None:
    keys = [{"enterprise": "91350100M000100Y43", "skill": "@sum"}, {"enterprise": "us-agency:DN", "skill": "Go"}]
    _, _, first, second = rows_of(csv_twin(Order(contract("job-demand"), "2025-Q3", keys=keys)))
    assert first[:6] == ["91350100M000100Y43", "2025-Q3", "", "", "", "'@sum"]
    assert second[:6] == ["us-agency:DN", "2025-Q3", "", "", "", "Go"]
