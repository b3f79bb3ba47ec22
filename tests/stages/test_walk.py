"""The rooms one after the other, in process, on the real feed."""

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts, feeds
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.stages.receive import HandedIn


def test_two_years_of_the_real_feed_bring_alerts_in_live_quarters_only(house: House) -> None:
    with house.sessions.begin() as session:
        feeds.add(session, "hn", "totals", "hn")
    for quarter in hacker_news.quarters():
        mode = Mode.HISTORY if quarter < hacker_news.FIRST_LIVE else Mode.LIVE
        if quarter <= hacker_news.LAST_LIVE:
            house.open_quarter(quarter, mode=mode)
            house.receive(HandedIn("hn", str(quarter), "hn.csv", hacker_news.totals_file(quarter)))
    assert len(house.run()["store"]) == 41
    for quarter in hacker_news.quarters()[:41]:
        house.close(str(quarter))
    assert len(house.run()["detect"]) == 41
    with house.sessions() as session:
        told = alerts.latest(session)
        assert "Remote" in {revision.skill for revision in told}
        assert 8 <= len(told) <= 20
        assert min(revision.quarter for revision in told) >= "2019-Q3"
    assert house.run() == {"validate": [], "store": [], "detect": [], "publish": [], "deliver": []}
