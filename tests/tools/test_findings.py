"""Every finding code has a file that trips it and files that must not; the page of the docs tells them as they are."""

from pathlib import Path

import pytest

from ievq_pipeline.adapters import confined, confined_check
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from tools.findings import GOOD, SAMPLES, STATED
from tools.findings.sample import QUARTER, Sample, Stated
from tools.findings_page import page

ROOT = Path(__file__).parents[2]
CODES = {rule.code for kind in (*CONTRACTS.values(), *REGISTERS.values()) for rule in kind.rules}


def test_every_code_has_one_example_and_every_example_a_code() -> None:
    named = [one.code for one in SAMPLES] + [one.finding.code for one in STATED]
    assert len(named) == len(set(named))
    assert set(named) == CODES | NORMALISED.keys(), "add a bad file and good ones to tools/findings/"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.code)
def test_the_bad_file_trips_its_code_and_the_good_ones_near_it_do_not(sample: Sample) -> None:
    is_change = sample.code in NORMALISED
    assert (sample.change() if is_change else sample.finding()) is not None
    assert sample.good
    for data in sample.good:
        answer = sample.answer(data)
        told = {change.code for change in answer.normalised} if is_change else set(answer.findings.counts())
        assert sample.code not in told
        assert not answer.findings.has(Severity.HARD, contract(sample.kind)), list(answer.findings)


@pytest.mark.parametrize(("kind", "data"), GOOD, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(GOOD)])
def test_a_good_file_trips_nothing_at_all(kind: str, data: bytes) -> None:
    answer = check(data, contract(kind), Expected(QUARTER))
    assert answer.findings == []
    assert answer.rows_read == answer.rows_accepted > 0


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: stated.finding.code)
def test_what_a_file_alone_cannot_trip_is_tripped_where_the_example_says(stated: Stated) -> None:
    assert f'"{stated.finding.code}"' in (ROOT / stated.proven_in).read_text()
    told = stated.finding.as_json(contract(stated.kind))
    assert "{" not in f"{told['message']}{told['remedy']}".replace("{'", "").replace("'}", "")


def test_a_file_that_takes_too_much_is_told_as_heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def died(*_: object) -> None:
        raise confined.Died("memory", "")

    monkeypatch.setattr(confined, "call", died)
    path = tmp_path / "file.csv"
    path.write_bytes(b"x")
    answer = confined_check.checked(path, contract("totals"), Expected())
    assert list(answer.findings.counts()) == ["NQ-FILE-HEAVY"]


def test_the_page_is_that_of_the_code() -> None:
    told = page()
    assert (ROOT / "docs" / "findings.md").read_text() == told, "run `make docs`"
    assert all(f"### {code}\n" in told for code in CODES)
