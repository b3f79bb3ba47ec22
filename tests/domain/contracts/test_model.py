"""A contract as one feed has agreed on it, and the kinds that are taken in."""

import pytest

from ievq_pipeline.domain.contracts import contract, contract_taken_in
from ievq_pipeline.domain.contracts.model import NOT_STATED
from ievq_pipeline.domain.errors import KindNotTakenIn, UnknownFeedKind


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


def test_a_feed_is_of_a_kind_that_the_later_rooms_have_a_place_for() -> None:
    assert contract_taken_in("totals") is contract("totals")
    for kind in ("job-demand", "technology"):
        with pytest.raises(KindNotTakenIn) as refused:
            contract_taken_in(kind)
        assert "can be checked" in refused.value.text("en")
        assert f"“{kind}”类文件目前只能用" in refused.value.text("zh")
        assert refused.value.text("en").endswith("feeds can be of: totals.")
    with pytest.raises(UnknownFeedKind):
        contract_taken_in("job-offers")
