"""Whatever a cell begins with, spreadsheet programs take it for text."""

import pytest

from ievq_pipeline.adapters.neutral import neutral, neutral_cell

FORMULAS = [
    "=1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1",
    "＋A1",
    "－1-1",
    "＠x",
    " =1",
    "\u3000=1",
    "\n=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == neutral_cell(text) == f"'{text}".replace("\0", "␀")


@pytest.mark.parametrize("text", ["", "约20", "1,200", "a=b", "'=1", " 3", "技能-1", "_x0041_"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == neutral_cell(text) == text


@pytest.mark.parametrize("text", ["-5", "+12", "-1,200.5", "－５", "-", "-3%"])
def test_a_number_of_the_submitter_goes_back_as_it_came_but_is_quoted_elsewhere(text: str) -> None:
    assert neutral_cell(text) == text
    assert neutral(text) == f"'{text}"
