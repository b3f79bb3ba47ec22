"""A contract as one feed has agreed on it, and which of them feeds can have."""

import pytest

from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract, feed_contract
from ievq_pipeline.domain.contracts.model import NOT_STATED
from ievq_pipeline.domain.errors import SchemeMisfit, UnknownFeedKind


def test_a_feed_gives_its_own_schemes_and_says_which_columns_it_does_not_know() -> None:
    agreed = contract("job-demand").with_schemes({"region": "us-state", "industry": NOT_STATED, "skill": "hn"})
    assert (agreed.field("region").scheme, agreed.field("region").required) == ("us-state", True)
    assert (agreed.field("industry").scheme, agreed.field("industry").required) == (NOT_STATED, False)
    assert agreed.field("skill") == contract("job-demand").field("skill")  # it holds wordings, no codes
    assert contract("job-demand").field("region").scheme == "gbt2260"


def test_the_rules_are_those_of_the_contract_and_of_the_code_lists_that_are_there() -> None:
    two = {"skills": "3", "regions": "2024", "languages": "1"}
    assert [contract(kind).rules_version({}) for kind in ("job-demand", "totals")] == ["job-demand-1", "totals-1"]
    assert contract("job-demand").list_versions(two) == {"regions": "2024", "skills": "3"}
    assert contract("job-demand").rules_version(two) == "job-demand-1+regions-2024+skills-3"
    assert contract("technology").rules_version(two) == "technology-1+skills-3"
    assert contract("totals").rules_version(two) == "totals-1"


@pytest.mark.parametrize(
    "schemes",
    [
        {"skill": "hn"},  # it holds wordings, no codes
        {"colour": "us"},
        {"region": ""},
        {"region": "US State"},
        {"region": "us:state"},
        {"enterprise": NOT_STATED},  # whose numbers they are has to be said
    ],
)
def test_a_scheme_that_a_column_cannot_have_is_refused(schemes: dict[str, str]) -> None:
    with pytest.raises(SchemeMisfit) as refused:
        contract("job-demand").check_schemes(schemes)
    assert refused.value.text("en").endswith("enterprise, region, industry, occupation.")
    with pytest.raises(SchemeMisfit):
        contract("totals").check_schemes({"source": "x"})


def test_schemes_of_columns_with_codes_are_agreed_on() -> None:
    contract("job-demand").check_schemes({"enterprise": "us-agency", "region": "us-state", "industry": NOT_STATED})
    contract("totals").check_schemes({})


def test_registers_are_brought_in_as_tables_but_no_feed_reports_them() -> None:
    assert [kind for kind, each in CONTRACTS.items() if each.has_reporters] == ["job-demand", "technology"]
    for kind, each in CONTRACTS.items():
        assert feed_contract(kind) is contract(kind) is each
    for kind, each in REGISTERS.items():
        assert contract(kind) is each
        with pytest.raises(UnknownFeedKind, match="known: job-demand, technology, totals"):
            feed_contract(kind)
