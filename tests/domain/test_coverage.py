"""Coverage by segment: the arithmetic on the paper's Table 1, and what anybody may see of it."""

import random
from uuid import UUID

import pytest

from ievq_pipeline.domain.coverage import DIMENSIONS, Covered, Heard, Segments, covered, of, share, shown
from ievq_pipeline.domain.organisation import VALUES, Dimension

#: Table 1 of the paper: 175 enterprises by ownership, scale and accreditation
TABLE_1 = {
    Dimension.OWNERSHIP: {"private": 131, "state_owned": 15, "foreign": 10, "other": 19},
    Dimension.SCALE: {"small": 76, "medium": 70, "large": 29},
    Dimension.ACCREDITATION: {"innovative": 73, "little_giant": 16, "single_champion": 7, "other": 79},
}
ALL = [UUID(int=n) for n in range(1, 176)]


def enterprises(seed: int = 1) -> dict[UUID, Segments]:
    """As many of each segment as the table has, put together by chance."""
    found: dict[UUID, dict[Dimension, str]] = {one: {} for one in ALL}
    luck = random.Random(seed)
    for dimension, numbers in TABLE_1.items():
        values = [value for value, number in numbers.items() for _ in range(number)]
        luck.shuffle(values)
        for one, value in zip(ALL, values, strict=True):
            found[one][dimension] = value
    return dict(found)


def heard_of_all_but_the_other_types(expected: dict[UUID, Segments]) -> dict[UUID, Heard]:
    return {one: Heard() for one, told in expected.items() if told[Dimension.ACCREDITATION] != "other"}


def test_the_papers_table_comes_out_as_it_went_in_and_its_silent_group_is_79_of_175() -> None:
    expected = enterprises()
    rows = covered(expected, heard_of_all_but_the_other_types(expected))
    for dimension, numbers in TABLE_1.items():
        assert numbers.keys() == VALUES[dimension].keys()
        assert {one.value: one.expected for one in of(rows, dimension)} == numbers
        assert sum(one.expected for one in of(rows, dimension)) == 175
        assert sum(one.silent for one in of(rows, dimension)) == 79
    total, *_ = rows
    told = total.told("2025-Q3")
    assert told["silent"] == {"numerator": 79, "denominator": 175, "window": "2025-Q3", "share": 0.4514}
    assert told["received"]["numerator"] == 96
    by = {one.value: one.told("2025-Q3")["silent"]["share"] for one in of(rows, Dimension.ACCREDITATION)}
    assert by == {"innovative": 0.0, "little_giant": 0.0, "single_champion": 0.0, "other": 1.0}


def test_no_region_told_is_a_segment_of_its_own_and_comes_last() -> None:
    rows = of(covered({ALL[0]: {Dimension.REGION: "gbt2260:350200"}, ALL[1]: {}}, {}), Dimension.REGION)
    assert [(one.value, one.expected) for one in rows] == [("gbt2260:350200", 1), (None, 1)]


def test_late_zero_and_quarantined_are_shares_of_what_they_are_of() -> None:
    heard = {ALL[0]: Heard(is_late=True, openings=90, quarantined=10), ALL[1]: Heard(is_zero=True)}
    [total, *_] = covered({one: {} for one in ALL[:4]}, heard)
    told = total.told("q")
    names = ("received", "late", "silent", "zero")
    assert [(told[name]["numerator"], told[name]["denominator"]) for name in names] == [
        (2, 4), (1, 2), (2, 4), (1, 2),
    ]  # fmt: skip
    assert told["quarantined_openings"] == share(10, 100, "q")
    assert Covered(None, None).told("q")["late"] == {"numerator": 0, "denominator": 0, "window": "q", "share": None}


def test_what_a_vintage_keeps_is_the_same_again() -> None:
    expected = enterprises()
    for one in covered(expected, {ALL[0]: Heard(openings=3, quarantined=1)}):
        assert Covered(*one.kept()) == one


def test_whoever_is_not_expected_does_not_count() -> None:
    assert covered({ALL[0]: {}}, {ALL[1]: Heard()})[0].received == 0


def groups(*numbers: int) -> list[Covered]:
    return [Covered("region", f"r{n}", number, number // 2) for n, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((50, 30, 20), [("r0",), ("r1",), ("r2",)]),
        ((50, 30, 4), [("r0",), ("r2", "r1")]),  # alone, the four would follow from the total
        ((50, 30, 4, 3), [("r0",), ("r1",), ("r3", "r2")]),
        ((50, 4), []),  # together they are the total
        ((4, 3), []),
        ((2, 1), []),
        ((), []),
    ],
)
def test_no_segment_of_fewer_than_five_is_shown_nor_follows_from_the_others(
    numbers: tuple[int, ...], told: list[tuple[str, ...]]
) -> None:
    found = shown(groups(*numbers))
    assert [one.values for one in found] == told
    assert all(one.expected % 5 == one.received % 5 == 0 for one in found)


def test_an_attacker_who_knows_the_totals_learns_no_segment_of_fewer_than_five() -> None:
    for seed in range(300):
        luck = random.Random(seed)
        rows = groups(*(luck.choice((1, 2, 3, 4, 5, 9, 40)) for _ in range(luck.randint(1, 7))))
        sizes = {one.value: one.expected for one in rows}
        found = shown(rows)
        assert all(sum(sizes[value] for value in one.values if value) >= 5 for one in found)
        in_all = [value for one in found for value in one.values]
        assert sorted(map(str, in_all)) == sorted(map(str, sizes)) or not found, "everybody is in one group, once"


def test_the_dimensions_are_those_of_the_paper_and_the_region() -> None:
    assert (*TABLE_1, Dimension.REGION) == DIMENSIONS
