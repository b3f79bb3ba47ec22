"""Confirm: reporters filed before are not left out without a word; each word holds for what it was said of."""

import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import submissions
from ievq_pipeline.domain.errors import BadCall, NothingToConfirm, SoftLeftOpen, UnknownSubmission
from ievq_pipeline.stages.confirm import Word
from tests.made_up import REGION, counting, file, open_panel

GONE = "NQ-MEMBERS-GONE"
QUARTER = "2020-Q1"


def member(number: int) -> str:
    return f"us-agency:M{number}"


@pytest.fixture
def panel(house: House) -> House:
    """The association `a` has filed its members 1, 2 and 3."""
    open_panel(house, {"a": []}, quarters=[QUARTER])
    hand_in(house, 1, 2, 3)
    house.validate()
    house.store()
    return house


def hand_in(house: House, *members: int, openings: int = 1) -> uuid.UUID:
    return file(house, "a", QUARTER, [(member(n), REGION, "go", openings) for n in members])


def said(house: House) -> dict[str, int]:
    """By reporter, the openings that count."""
    return {reporter: int(str(openings)) for reporter, _, _, openings in counting(house, QUARTER)}


def state(house: House, submission: uuid.UUID) -> str:
    return str(house.submission(submission)["state"])


def asked(house: House, submission: uuid.UUID) -> list[str | None]:
    return [one["value"] for one in house.findings(submission) if one["code"] == GONE]


def test_whoever_is_left_out_is_asked_for_by_name_in_both_languages(panel: House) -> None:
    left_out = hand_in(panel, 1, openings=2)
    panel.validate()
    told = panel.submission(left_out)
    assert (told["state"], told["verdict"]) == ("needs_confirmation", "needs_confirmation")
    assert asked(panel, left_out) == [member(2), member(3)]
    finding = next(one for one in panel.findings(left_out) if one["code"] == GONE)
    assert finding["severity"] == "soft"
    assert all(member(2) in finding["message"][language] for language in ("zh", "en"))
    assert panel.store() == []
    assert said(panel) == {member(n): 1 for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([Word(GONE, "withdraw_them")], {1}),
        ([Word(GONE, "keep_earlier")], {1, 2, 3}),
        ([Word(GONE, "left_out", "they will follow")], {1, 2, 3}),
        ([Word(GONE, "keep_earlier", value=member(2)), Word(GONE, "withdraw_them", value=member(3))], {1, 2}),
        ([Word(GONE, "keep_earlier", value=member(2)), Word(GONE, "withdraw_them")], {1, 2}),
        ([Word(GONE, "withdraw_them"), Word(GONE, "keep_earlier", column="enterprise", value=member(3))], {1, 3}),
    ],
    ids=range(6),
)
def test_each_reason_does_what_it_says(panel: House, words: Sequence[Word], left: set[int]) -> None:
    newer = hand_in(panel, 1, openings=2)
    panel.validate()
    assert panel.confirm(newer, words) == newer
    assert state(panel, newer) == "accepted"
    assert panel.store() == [str(newer)]
    assert said(panel) == {member(n): 2 if n == 1 else 1 for n in left}
    with panel.sessions() as session:
        kept = session.execute(text("SELECT value, reason FROM submission_confirmation ORDER BY value")).all()
    assert [value for value, _ in kept] == [member(2), member(3)]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], SoftLeftOpen),
        ([Word(GONE, "keep_earlier", value=member(2))], SoftLeftOpen),
        ([Word(GONE, "because")], BadCall),
        ([Word(GONE, "")], BadCall),
        ([Word(GONE, "keep_earlier"), Word(GONE, "keep_earlier", value=member(9))], BadCall),
        ([Word(GONE, "keep_earlier"), Word(GONE, "keep_earlier", row=2)], BadCall),
        ([Word("NQ-OVERLAP", "keep_earlier")], BadCall),
        ([Word("NQ-NOTHING", "keep_earlier")], BadCall),
    ],
    ids=range(8),
)
def test_a_word_that_is_missing_or_wrong_changes_nothing(
    panel: House, words: Sequence[Word], error: type[Exception]
) -> None:
    newer = hand_in(panel, 1)
    panel.validate()
    with pytest.raises(error):
        panel.confirm(newer, words)
    assert state(panel, newer) == "needs_confirmation"
    with panel.sessions() as session:
        assert session.execute(text("SELECT count(*) FROM submission_confirmation")).scalar_one() == 0


def test_only_what_waits_for_it_is_confirmed_and_once(panel: House) -> None:
    newer = hand_in(panel, 1)
    with pytest.raises(NothingToConfirm):
        panel.confirm(newer, [Word(GONE, "keep_earlier")])
    panel.validate()
    panel.confirm(newer, [Word(GONE, "keep_earlier")])
    for _ in range(2):
        with pytest.raises(NothingToConfirm):
            panel.confirm(newer, [Word(GONE, "withdraw_them")])
        panel.store()
    with pytest.raises(UnknownSubmission):
        panel.confirm(uuid.uuid4(), [Word(GONE, "keep_earlier")])


def test_a_word_on_all_is_none_on_those_who_are_filed_while_it_waits(panel: House) -> None:
    """The older of two on their way files member 4, of whom nobody knew when the newer one was confirmed."""
    older = hand_in(panel, 1, 2, 3, 4, openings=2)
    with panel.sessions.begin() as session:
        submissions.claim(session)  # a slow worker has it
    newer = hand_in(panel, 1, openings=3)
    panel.validate()
    panel.confirm(newer, [Word(GONE, "withdraw_them")])
    with panel.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))
    panel.validate()
    assert panel.store() == [str(older)]
    assert state(panel, newer) == "needs_confirmation"
    assert asked(panel, newer) == [member(2), member(3), member(4)]
    assert said(panel) == {member(n): 2 for n in (1, 2, 3, 4)}
    panel.confirm(newer, [Word(GONE, "keep_earlier", value=member(4))])  # of the others it was said before
    assert panel.store() == [str(newer)]
    assert said(panel) == {member(1): 3, member(4): 2}


def test_two_of_a_feed_on_their_way_the_second_is_asked_when_the_first_is_in_force(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    first, second = hand_in(house, 1, 2), hand_in(house, 1, openings=2)
    house.validate()
    assert [state(house, one) for one in (first, second)] == ["accepted", "accepted"]
    assert house.store() == [str(first)]
    assert state(house, second) == "needs_confirmation"
    assert asked(house, second) == [member(2)]
    house.confirm(second, [Word(GONE, "withdraw_them")])
    house.store()
    assert said(house) == {member(1): 2}


def test_an_older_one_checked_late_is_not_asked_for_what_was_filed_after_it(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    older = hand_in(house, 1)
    with house.sessions.begin() as session:
        submissions.claim(session)
    newer = hand_in(house, 1, 2)
    house.validate()
    house.store()
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))
    house.validate()
    house.store()
    assert [state(house, one) for one in (older, newer)] == ["superseded", "in_force"]


def test_a_reporter_that_only_a_bad_row_names_is_not_left_out(panel: House) -> None:
    rows = [
        (member(n), region, "go", 50) for n in (1, 2) for region in (REGION, "350100", "350500", "350600", "350700")
    ]
    newer = file(panel, "a", QUARTER, [*rows, (member(3), REGION, "go", "about 3")])
    panel.validate()
    assert (state(panel, newer), panel.submission(newer)["verdict"]) == ("accepted", "accepted_with_quarantine")
    panel.store()
    assert {reporter for reporter, *_ in counting(panel, QUARTER)} == {member(1), member(2)}


def test_what_is_kept_once_must_be_named_or_kept_again(panel: House) -> None:
    second = hand_in(panel, 1, openings=2)
    panel.validate()
    panel.confirm(second, [Word(GONE, "keep_earlier")])
    panel.store()
    third = hand_in(panel, 1, 2, openings=3)
    panel.validate()
    assert asked(panel, third) == [member(3)]
    panel.confirm(third, [Word(GONE, "withdraw_them")])
    panel.store()
    assert said(panel) == {member(1): 3, member(2): 3}


def test_one_that_waits_does_not_keep_the_quarter_from_closing_and_counts_later(panel: House) -> None:
    waits = hand_in(panel, 1, openings=2)
    panel.validate()
    panel.close(QUARTER, is_forced=True)
    panel.confirm(waits, [Word(GONE, "withdraw_them")])
    assert panel.store() == [str(waits)]
    with panel.sessions() as session:
        (closed,) = session.execute(text("SELECT known_seq FROM vintage")).one()
    assert {reporter for reporter, *_ in counting(panel, QUARTER, f"seq:{closed}")} == {member(n) for n in (1, 2, 3)}
    assert said(panel) == {member(1): 2}
