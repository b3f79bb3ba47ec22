"""The totals contract as others read it: exact codes, and words that a submitter in China can act on."""

import re

import pytest

from ievq_pipeline.domain.contracts import CONTRACTS, contract
from ievq_pipeline.domain.contracts.model import Field, FieldType, Rule
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.errors import UnknownFeedKind
from ievq_pipeline.domain.finding import Finding

TOTALS = contract("totals")
HAN = re.compile("[\u4e00-\u9fff]")
#: the rules' own places, as the checks fill them
PLACES = {
    "line": 3, "kind_zh": "PDF文件", "kind_en": "a PDF", "cap_zh": "最大 256 MB", "cap_en": "at most 256 MB",
    "cap": "32,767", "lines": 30, "quarter": "2025-Q3", "length": 300, "exposure": 10, "first": 4, "usual": "hn",
    "source": "hn",
}  # fmt: skip


def test_the_document_has_the_agreed_shape() -> None:
    shown = TOTALS.as_json()
    assert list(shown) == ["feed_kind", "version", "title", "key", "fields", "rules"]
    assert (shown["feed_kind"], shown["version"]) == ("totals", 1)
    assert [field.code for field in TOTALS.fields] == ["source", "quarter", "term", "count", "exposure", "months"]
    assert set(TOTALS.key) <= {field.code for field in TOTALS.fields}
    assert TOTALS.field("count").as_json() == {
        "code": "count",
        "title": {"zh": "招聘数", "en": "Count"},
        "aliases": ["提及数", "招聘数量", "postings_with_term", "postings"],
        "type": "integer",
        "required": True,
        "unit": {"zh": "条", "en": "postings"},
        "code_list": None,
        "choices": None,
        "minimum": 0,
        "maximum": 1_000_000_000,
        "rule": {
            "zh": "本季度提到该词的招聘数，没有则填0",
            "en": "Postings of the quarter that name the term; 0 where none does",
        },
        "example": "152",
    }  # fmt: skip
    rule = TOTALS.rule("NQ-DUPLICATE").as_json()
    assert list(rule) == ["code", "severity", "scope", "title", "remedy"]
    assert (rule["severity"], rule["scope"]) == ("hard", "within")


def test_no_header_means_two_columns() -> None:
    names = [name.casefold() for f in TOTALS.fields for name in {f.code, f.title.zh, f.title.en.casefold(), *f.aliases}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", TOTALS.rules, ids=lambda rule: rule.code)
def test_every_rule_is_told_with_fault_and_remedy_in_good_words(rule: Rule) -> None:
    column: Field | None = next((f for f in TOTALS.fields if f.type is FieldType.INTEGER), None)
    assert column is not None
    told = Finding(rule.code, 7, column.code, 3, "某值", dict(PLACES)).as_json(TOTALS)
    for part in ("message", "remedy"):
        text = told[part]
        assert isinstance(text, dict)
        assert HAN.search(text["zh"])
        assert text["zh"].endswith("。")
        assert text["en"].endswith(".")
        assert not re.search(r"[{}]|None", text["zh"] + text["en"])
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:()]|[,;()] ?[\u4e00-\u9fff]", text["zh"]), "half-width punctuation"
        submitters_own = ("某值", *column.aliases)
        assert not HAN.search(re.sub("|".join(submitters_own), "", text["en"]))
    assert re.fullmatch(r"NQ-[A-Z]+(-[A-Z]+)*", rule.code)


def test_rule_codes_stand_once_and_changes_have_codes_of_their_own() -> None:
    codes = [rule.code for rule in TOTALS.rules]
    assert len(codes) == len(set(codes))
    assert not set(codes) & set(NORMALISED)
    assert all(HAN.search(text.zh) for text in NORMALISED.values())


def test_an_unknown_kind_is_refused_with_those_that_are_known() -> None:
    assert list(CONTRACTS) == ["job-demand", "technology", "totals"]
    with pytest.raises(UnknownFeedKind, match="known: job-demand, technology, totals"):
        contract("job-offers")
