"""Region codes: what is a place, and what is not."""

import pytest

from ievq_pipeline.domain.region import is_place


@pytest.mark.parametrize("code", ["350200", "gbt2260:350200", "us-state:CA", "hn:GB", "us-state:remote-island"])
def test_a_code_of_any_scheme_is_a_place(code: str) -> None:
    assert is_place(code)


@pytest.mark.parametrize(
    "code", ["unknown", "remote", "gbt2260:unknown", "us-state:remote", "hn: Remote", "UNKNOWN", ""]
)
def test_unknown_remote_and_nothing_are_no_places(code: str) -> None:
    assert not is_place(code)
