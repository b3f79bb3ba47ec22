"""The totals contract as others read it: exact codes."""

import pytest

from ievq_pipeline.domain.contracts import CONTRACTS, contract
from ievq_pipeline.domain.errors import UnknownFeedKind

TOTALS = contract("totals")


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
    assert list(rule) == ["code", "severity", "scope", "title", "remedy", "checked_by", "reasons"]
    assert (rule["severity"], rule["scope"], rule["checked_by"]) == ("hard", "within", "both")
    assert TOTALS.rule("NQ-FILE-EMPTY").as_json()["checked_by"] == "cells"


def test_an_unknown_kind_is_refused_with_those_that_are_known() -> None:
    assert list(CONTRACTS) == ["job-demand", "technology", "totals"]
    with pytest.raises(UnknownFeedKind, match="known: job-demand, technology, totals, organisations, roster"):
        contract("job-offers")
