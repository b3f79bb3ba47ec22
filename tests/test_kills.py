"""Four kills on the way of two real quarters through the real stack; `make chaos` does many more, on panels too."""

import pytest

from ievq_pipeline.domain.period import Quarter
from tests.chaos import SCHEDULER, AtWork, Kill
from tests.rig import TOTALS, open_live, rig


@pytest.mark.timeout(600)
def test_killed_web_app_worker_and_scheduler_and_a_power_cut_lose_and_double_nothing() -> None:
    live = (Quarter(2019, 3), Quarter(2019, 4))
    with rig(TOTALS) as made:
        made.up()
        for quarter in live:
            with made.house() as house:
                open_live(house, quarter)
        worker = AtWork(made, Kill("examine", "worker", 0.0))
        worker.start()
        made.hand_in(live[0])
        made.kill("web")  # the answer may not have been written yet
        made.close(live[0])
        assert worker.end(), "no worker was at work"
        made.kill()  # everything, the database too, before anybody can have told of it
        made.up()
        made.wait_until_told(live[0])
        made.hand_in(live[1])
        made.close(live[1])
        made.kill(SCHEDULER)  # it has just been woken; on a quick machine no task is long enough to be caught
        made.wait_until_told(live[1])
        made.check(live)
