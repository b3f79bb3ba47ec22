"""Observations: appended and never changed; which of them count, and since when, stands in spells."""

from itertools import pairwise

from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from tests.made_up import at_once, hand_in, in_force, open_feed, span


def stored(house: House, query: str) -> list[tuple[object, ...]]:
    with house.sessions() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_a_revision_ends_the_earlier_spell_where_its_own_begins(house: House) -> None:
    open_feed(house, "2020-Q1")
    for count in (5, 6, 7):
        hand_in(house, "2020-Q1", Go=count)
        house.run()
    spells = stored(house, "SELECT known_from, known_to FROM filing_in_force ORDER BY known_from")
    assert [known_to for _, known_to in spells] == [*(known_from for known_from, _ in spells[1:]), None]
    assert in_force(house, "2020-Q1")["Go"] == 7


def test_observations_of_a_revised_filing_stay_as_they_were(house: House) -> None:
    open_feed(house, "2020-Q1")
    first = hand_in(house, "2020-Q1", Go=5)
    house.run()
    query = f"SELECT row, term, count, exposure, months, xmin FROM total_observation WHERE submission_id = '{first}'"
    before = stored(house, query + " ORDER BY row")
    hand_in(house, "2020-Q1", Go=6)
    house.run()
    assert stored(house, query + " ORDER BY row") == before
    assert len(before) == 41


def test_a_term_of_the_earlier_filing_that_the_newer_leaves_out_does_not_count(house: House) -> None:
    open_feed(house, "2020-Q1")
    for named in ({"Go": 5}, {"Rust": 6}):
        hand_in(house, "2020-Q1", **named)
        house.run()
    assert "Go" not in in_force(house, "2020-Q1")
    assert in_force(house, "2020-Q1")["Rust"] == 6


def test_one_filing_is_in_force_however_many_workers_store(house: House) -> None:
    open_feed(house, *span("2019-Q1", "2020-Q4"))
    for quarter in span("2019-Q1", "2020-Q4"):
        for count in (1, 2, 3):
            hand_in(house, quarter, Go=count)
    house.validate()
    at_once(4, lambda _: house.store())
    open_spells = stored(
        house,
        "SELECT basis, source, quarter, count(*) FROM filing JOIN filing_in_force ON filing_id = filing.id"
        " WHERE known_to IS NULL GROUP BY 1, 2, 3",
    )
    assert len(open_spells) == 8
    assert {number for *_, number in open_spells} == {1}
    assert all(in_force(house, quarter)["Go"] == 3 for quarter in span("2019-Q1", "2020-Q4"))


def test_a_reader_of_known_seq_that_polls_never_sees_one_appear_below_what_it_saw(house: House) -> None:
    """So its order is that of the commits, and a cut of it (a vintage) never grows afterwards."""
    quarters = span("2015-Q1", "2020-Q4")
    open_feed(house, *quarters)
    for quarter in quarters:
        hand_in(house, quarter)
    house.validate()
    snapshots: list[set[int]] = []

    def work(number: int) -> None:
        if number:
            house.store()
            return
        while len(snapshots) < 2_000 and (not snapshots or len(snapshots[-1]) < len(quarters)):
            snapshots.append({int(str(seq)) for (seq,) in stored(house, "SELECT seq FROM known")})

    at_once(4, work)
    assert len(snapshots[-1]) == len(quarters)
    for earlier, later in pairwise(snapshots):
        assert not {seq for seq in later - earlier if earlier and seq < max(earlier)}


def test_what_a_quarantined_row_names_is_kept_as_unknown(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", Go="约20", Rust=7)
    house.run()
    assert "Go" not in in_force(house, "2020-Q1")
    assert in_force(house, "2020-Q1")["Rust"] == 7
    assert stored(house, "SELECT name, is_complete FROM filing_unknown JOIN filing ON filing.id = filing_id") == [
        ("Go", True)
    ]


def test_a_filing_with_a_row_that_cannot_be_read_is_incomplete(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", **{"": 7})
    house.run()
    hand_in(house, "2020-Q1")
    house.run()
    assert stored(house, "SELECT is_complete, ended_seq IS NULL FROM filing ORDER BY id") == [
        (False, False),
        (True, True),
    ]
