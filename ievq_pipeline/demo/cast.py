"""Who plays in the demo: associations and their members, a source of totals, a college; with their feeds and keys."""

from collections import Counter
from dataclasses import dataclass, field

from ievq_pipeline.adapters import webhook
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import endpoints, feeds, keys, organisations
from ievq_pipeline.demo import employers, hacker_news
from ievq_pipeline.demo.receiver import Receiver
from ievq_pipeline.demo.submitter import Submitter
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.role import Role

#: the columns that the files of the demo's feeds leave out
NOT_STATED = {"industry": "not-stated"}
#: whose members also file themselves, and how many of them
DIRECT_OF, DIRECT = "california", 3
#: who hands in what technologies its members work with
TECHNOLOGY_FEED, TECHNOLOGY_OF = "technology-new-york", "new-york"
TOTALS_KEY = "hn-totals"


@dataclass
class Cast:
    """By name: the submitters, and what `demo.json` says of each key."""

    url: str
    submitters: dict[str, Submitter] = field(default_factory=dict)
    keys: dict[str, dict[str, object]] = field(default_factory=dict)

    def enter(self, house: House, name: str, role: Role, feed_kinds: dict[str, str], organisation: str | None) -> None:
        """Give a key, and whoever hands in a way to do it."""
        with house.sessions.begin() as session:
            key = keys.create(session, name, role, list(feed_kinds))
        listed = [{"feed": feed, "kind": kind} for feed, kind in feed_kinds.items()]
        self.keys[name] = {"key": key, "role": str(role), "organisation": organisation, "feeds": listed}
        if feed_kinds:
            self.submitters[name] = Submitter(self.url, key, next(iter(feed_kinds)))

    def told(self, open_quarter: str) -> dict[str, dict[str, object]]:
        """The keys as `demo.json` has them, each feed with the quarter that takes files."""
        return {
            name: {**key, "feeds": [{**feed, "open_quarter": open_quarter} for feed in key["feeds"]]}  # type: ignore[attr-defined]
            for name, key in self.keys.items()
        }


def register(house: House, receiver: Receiver, url: str) -> Cast:
    """Everybody who is there from the beginning."""
    house.egress.check(receiver.url)
    receiver.secret = webhook.new_secret()
    cast = Cast(url)
    _enrol(
        house, [(association(code), "association", f"Demo association “{code}”", "") for code in employers.ASSOCIATIONS]
    )
    for code in employers.ASSOCIATIONS:
        _add_feed(house, code, "job-demand", association(code))
        cast.enter(house, code, Role.SUBMITTER, {code: "job-demand"}, association(code))
    # a member comes onto the rosters of the feeds that its association has
    members = [(association(code), one) for code, found in employers.members().items() for one in found]
    _enrol(house, [(employers.identifier(one), "enterprise", "", code) for code, one in members])
    with house.sessions.begin() as session:
        feeds.add(session, hacker_news.FEED, "totals", hacker_news.SOURCE)
        endpoints.add(session, "demo-college", receiver.url, house.secret_box.seal(receiver.secret))
    cast.enter(house, TOTALS_KEY, Role.SUBMITTER, {hacker_news.FEED: "totals"}, None)
    _add_feed(house, TECHNOLOGY_FEED, "technology", association(TECHNOLOGY_OF))
    cast.enter(house, TECHNOLOGY_FEED, Role.SUBMITTER, {TECHNOLOGY_FEED: "technology"}, association(TECHNOLOGY_OF))
    for role in (Role.AUTHORITY, Role.ENGINEER):
        cast.enter(house, str(role), role, {}, None)
    return cast


def join_directly(house: House, cast: Cast) -> list[str]:
    """A few members of an association begin to file themselves as well; returns them."""
    members = direct_members()
    for employer in members:
        code = feed_of(employer)
        _add_feed(house, code, "job-demand", employers.identifier(employer))
        cast.enter(house, code, Role.SUBMITTER, {code: "job-demand"}, employers.identifier(employer))
    return members


def association(code: str) -> str:
    return f"hn-association:{code}"


def feed_of(employer: str) -> str:
    """The feed of an enterprise that files itself."""
    return f"own-{employer}"


def direct_members() -> list[str]:
    """The members with most quarters, of those that reported in each of the last four."""
    panel = employers.panel()
    number = Counter(employer for reports in panel.values() for employer in reports)
    last = [panel[quarter] for quarter in employers.quarters()[-4:]]
    steady = [one for one in employers.members()[DIRECT_OF] if all(one in reports for reports in last)]
    return sorted(steady, key=lambda one: (-number[one], one))[:DIRECT]


def _enrol(house: House, rows: list[tuple[object, ...]]) -> None:
    """By the same import that an authority uses."""
    content = employers.csv_of(("单位代码", "单位类别", "单位名称", "所属协会"), rows)
    answer = house.import_organisations(content, "organisations.csv")
    if answer["verdict"] != "accepted":
        raise OutsideMissing(f"the organisations were not taken in: {answer['findings'][:3]}")


def _add_feed(house: House, code: str, kind: str, submitter: str) -> None:
    schemes = NOT_STATED if kind == "job-demand" else {}
    with house.sessions.begin() as session:
        one = organisations.named(session, Identifier.parse(submitter))
        feeds.add(session, code, kind, submitter_id=one.id, schemes=schemes)
