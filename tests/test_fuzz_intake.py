"""A few hundred mutations of good files of every format; `make fuzz-intake` runs ten thousand."""

from tests.fuzz_intake import run
from tests.mutations import FORMATS, grid


def test_a_few_hundred_mutations_crash_nothing_and_lose_nothing() -> None:
    outcomes, failures = run(2_025, range(300))
    assert not failures, "\n".join(failures)
    assert outcomes.total() == 300
    for sort in ("bytes", "cells"):
        assert {outcome.split(" ")[1].rstrip(":") for outcome in outcomes if outcome.startswith(sort)} == {
            format_.name for format_ in FORMATS
        }


def test_files_before_their_mutation_are_good() -> None:
    """Else the mutations would prove little."""
    from tests.fuzz_intake import _checked, _settled

    for format_ in FORMATS:
        data = format_.write(grid(30))
        answer = _checked(data)
        assert (_settled(answer, data), answer.rows_accepted) == ("accepted", 30), format_.name
