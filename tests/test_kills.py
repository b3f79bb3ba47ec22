"""Two kills on the way of two real quarters through the real stack; `make chaos` does many more."""

import pytest

from ievq_pipeline.domain.period import Quarter
from tests import chaos


@pytest.mark.timeout(600)
def test_a_killed_web_app_and_then_a_power_cut_lose_and_double_nothing() -> None:
    live = (Quarter(2019, 3), Quarter(2019, 4))
    with chaos.rig() as rig:
        rig.up()
        for quarter in live:
            with rig.house() as house:
                house.open_quarter(quarter)
            rig.hand_in(quarter)
            if quarter == live[0]:
                rig.kill("web")  # the answer may not have been written yet
            rig.close(quarter)
            if quarter == live[0]:
                rig.kill()  # everything, the database too, before anybody can have told of it
                rig.up()
            rig.wait_until_told(quarter)
        rig.check(live)
