"""`ievq submissions held` and `release`: what an engineer does about NQ-SUITE."""

from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from tests.cli.conftest import Ievq
from tests.made_up import hand_in, open_feed


def test_what_is_held_is_listed_with_its_reason_and_released_once(stored: Ievq, house: House) -> None:
    open_feed(house, "2020-Q1")
    held = str(hand_in(house, "2020-Q1"))
    house.validate()
    assert stored("submissions", "held", "--json").json == []
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET held_why = 'NQ-SUITE: NQ-MAXIMUM months 2'"))
    (listed,) = stored("submissions", "held", "--json").json
    assert listed == {
        "submission_id": held, "feed": "made-up", "quarter": "2020-Q1", "held_why": "NQ-SUITE: NQ-MAXIMUM months 2",
    }  # fmt: skip
    shown = stored("--lang", "zh", "submissions", "show", held)
    assert "NQ-SUITE 整份文件：文件已被接受" in shown.err
    assert "NQ-MAXIMUM months 2" in shown.err
    released = stored("submissions", "release", held, "--json")
    assert (released.code, released.json["state"], released.json["held_why"]) == (0, "accepted", None)
    again = stored("submissions", "release", held)
    assert (again.code, "not held" in again.err) == (1, True)
    assert stored("submissions", "release", "nothing").code == 2
