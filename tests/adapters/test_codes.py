"""One cell with a code: what is spelled anew, what is taken as it is, and what is none."""

import pytest

from ievq_pipeline.adapters.codes import read_code
from ievq_pipeline.domain.contracts import contract

JOB_DEMAND = contract("job-demand")
CREDIT_CODE = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("enterprise", CREDIT_CODE, CREDIT_CODE),
        ("enterprise", "91350100 m000100y-43", CREDIT_CODE),
        ("enterprise", f"USCC: {CREDIT_CODE}", CREDIT_CODE),
        ("enterprise", "us-agency:DN", "us-agency:DN"),
        ("enterprise", "US-Agency:dn", "us-agency:dn"),
        ("enterprise", "hn:n:4f2a", "hn:n:4f2a"),  # split at the first colon only
        ("region", "350200", "350200"),
        ("region", "gbt2260:350200", "350200"),
        ("region", "Remote", "remote"),
        ("region", "us-state:CA", "us-state:CA"),
        ("industry", "C", "C"),
        ("industry", "01", "01"),
        ("industry", "3912", "3912"),
        ("industry", "naics:541511", "naics:541511"),
        ("occupation", "2-02-10-03", "2-02-10-03"),
        ("occupation", "２－０２－１０－０３", "2-02-10-03"),
        ("occupation", "csco:2-02-10-03", "2-02-10-03"),
    ],
)
def test_a_code_comes_out_in_one_spelling(column: str, text: str, value: str) -> None:
    read = read_code(text, JOB_DEMAND.field(column))
    assert read.value == value
    assert (read.code is None) == (text == value)
    assert read_code(value, JOB_DEMAND.field(column)).code is None


def test_a_code_with_a_colon_keeps_its_scheme_even_where_it_is_the_columns_own() -> None:
    agreed = JOB_DEMAND.with_schemes({"enterprise": "hn"}).field("enterprise")
    for text, value in (("hn:4f2a", "4f2a"), ("hn:n:4f2a", "hn:n:4f2a"), ("n:4f2a", "n:4f2a")):
        assert read_code(text, agreed).value == value


@pytest.mark.parametrize(
    ("column", "text", "fault"),
    [
        ("enterprise", CREDIT_CODE[:-1], "NQ-CREDIT-CODE"),
        ("enterprise", CREDIT_CODE.replace("M", "N"), "NQ-CREDIT-CODE"),
        ("enterprise", "91350100I000100Y43", "NQ-CREDIT-CODE"),  # I is no letter of these codes
        ("enterprise", "①" * 18, "NQ-CREDIT-CODE"),
        ("enterprise", "", "NQ-SCHEME"),
        ("enterprise", ":", "NQ-SCHEME"),
        ("enterprise", "1x:a", "NQ-SCHEME"),
        ("region", "350 200", "NQ-CODE"),
        ("region", "035020", "NQ-CODE"),
        ("region", "gbt2260:3502", "NQ-CODE"),
        ("region", "٣٥٠٢٠٠", "NQ-CODE"),
        ("industry", "1", "NQ-CODE"),
        ("industry", "39123", "NQ-CODE"),
        ("occupation", "9-02-10-03", "NQ-CODE"),
        ("occupation", "2-02-10-03 L", "NQ-CODE"),
    ],
)
def test_what_has_not_the_shape_of_a_code_is_none(column: str, text: str, fault: str) -> None:
    read = read_code(text, JOB_DEMAND.field(column))
    assert (read.value, read.code) == (None, fault)
