"""What a file says of organisations, held against the register: what is refused, and what the register becomes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from ievq_pipeline.domain import organisation, succession
from ievq_pipeline.domain.errors import ImpossibleSuccession
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.organisation import VALUES, Dimension, Identifier, OrganisationKind
from ievq_pipeline.domain.register import Entry, Register
from ievq_pipeline.domain.roster import entered
from ievq_pipeline.domain.submission import Verdict, verdict
from ievq_pipeline.domain.succession import Chain, Succession, SuccessionKind
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.validity import ALWAYS, DAY, Against, Contradiction, Validity, put

ALWAYS_SO = Text("最初", "the beginning")
CONTRADICTIONS = {
    Against.UNDATED: "NQ-CHANGE-UNDATED",
    Against.SAME_DAY: "NQ-HISTORY-DIFFERS",
    Against.FIRM: "NQ-DATES-OVERLAP",
}
SECOND = Text("名单上的非主要成员", "a member, but not primary")


@dataclass(frozen=True, slots=True)
class Statement:
    """One row: what an organisation is, and since when."""

    row: int
    identifier: Identifier
    kind: OrganisationKind
    others: tuple[Identifier, ...] = ()
    title: str | None = None
    segments: Mapping[Dimension, str] = field(default_factory=dict)
    held: Validity = ALWAYS
    member_of: Identifier | None = None
    succeeds: tuple[Identifier, ...] = ()
    succession: SuccessionKind | None = None
    happened_on: date | None = None

    @property
    def day(self) -> date | None:
        """The day on which its codes are looked up; None: as they were last."""
        return self.held.holds_from or self.held.holds_to

    @property
    def codes(self) -> tuple[tuple[str, Identifier], ...]:
        """Its codes, each with the column that it stands in."""
        return ("identifier", self.identifier), *(("other_identifiers", other) for other in self.others)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`about`: the organisations that the rows are about, but for those refused."""

    findings: list[Finding]
    register: Register
    about: frozenset[UUID]


def enrolment(
    statements: Iterable[Statement], register: Register, new_id: Callable[[], UUID], *, rows: int, quarantined: int
) -> Enrolment:
    """Hold all statements against the register; `rows` of the file are `quarantined` already.

    What leans on a refused row is refused as well, so it is tried again without those until nothing more is found, or
    so much that the file is rejected: then the register stays.
    """
    good = sorted(statements, key=lambda each: (each.held.first, each.row))
    refused: list[Finding] = []
    bad: set[int | None] = set()
    while True:
        attempt = _Attempt(register.copy(), new_id)
        attempt.run(good)
        refused += attempt.refused
        bad |= {finding.row for finding in attempt.refused}
        if verdict(rows, quarantined + len(bad), 0.0, 0.0) is Verdict.REJECTED:
            return Enrolment(refused, register, frozenset())
        if not attempt.refused:
            return Enrolment([*refused, *attempt.told], attempt.register, frozenset(attempt.about.values()))
        good = [each for each in good if each.row not in bad]


class _Attempt:
    """One try at a set of statements, in order of their days."""

    def __init__(self, register: Register, new_id: Callable[[], UUID]) -> None:
        self.register = register
        self.new_id = new_id
        self.refused: list[Finding] = []
        self.told: list[Finding] = []
        #: by row
        self.about: dict[int, UUID] = {}
        #: by organisation and first day, the row that tells of it
        self.first: dict[tuple[UUID, date], int] = {}
        self.chain = Chain()
        for each in register.successions.values():
            self.chain.add(each)
        self.handed_in: dict[UUID, dict[str, list[UUID]]] = {}
        for feed in register.feeds.values():
            if not feed.has_ended:
                self.handed_in.setdefault(feed.submitter, {}).setdefault(feed.kind, []).append(feed.id)

    def run(self, statements: Sequence[Statement]) -> None:
        known = [each for each in statements if self._identify(each)]
        for each in known:
            self._describe(each, self.about[each.row])
        for each in sorted(known, key=lambda one: one.happened_on or date.min):
            self._succeed(each, self.about[each.row])
        for each in known:
            self._end(each, self.about[each.row])
            self._join(each, self.about[each.row])

    def _refuse(self, code: str, each: Statement, column: str, value: object, **parameters: object) -> None:
        shown = value.spelled if isinstance(value, Identifier) else str(value)
        self.refused.append(Finding(code, each.row, column, None, shown, parameters))

    def _identify(self, each: Statement) -> bool:
        """Whose row it is; codes that nobody has become its own."""
        owners = [(column, code, self.register.holder(code, each.day)) for column, code in each.codes]
        mine = next((owner for _, _, owner in owners if owner), None)
        others = [(column, code, owner) for column, code, owner in owners if owner and owner != mine]
        for column, code, other in others:
            self._refuse("NQ-IDENTIFIER-TAKEN", each, column, code, other=self._name(other))
        if others:
            return False
        if mine is None:
            mine = self.new_id()
            self.register.entries[mine] = Entry(each.kind, None, is_registered=False)
        for column, code, held_by in owners:
            if held_by is None and not self._give(code, mine, each.held.holds_from):
                self._refuse("NQ-IDENTIFIER-TAKEN", each, column, code, other=self._name(None))
                return False
        first = self.first.setdefault((mine, each.held.first), each.row)
        if first != each.row:  # under another of its codes
            self._refuse("NQ-DUPLICATE", each, "identifier", each.identifier, first=first)
            return False
        self.about[each.row] = mine
        return True

    def _give(self, code: Identifier, one: UUID, since: date | None) -> bool:
        """From now on it is theirs: as if always, unless it was somebody else's before. False: it does not say when."""
        line = self.register.holders.get(code, ())
        try:
            self.register.holders[code] = put(line, one, Validity(since) if line else ALWAYS)
        except Contradiction:
            return False
        return True

    def _name(self, one: UUID | None) -> str:
        entry = self.register.entries.get(one) if one else None
        codes = (str(code) for code, line in self.register.holders.items() if any(e.value == one for e in line))
        return (entry.title if entry else None) or min(codes, default="–")

    def _describe(self, each: Statement, one: UUID) -> None:
        entry = self.register.entries[one]
        if entry.is_registered and entry.kind != each.kind:
            known, given = organisation.KINDS[entry.kind], organisation.KINDS[each.kind]
            self._refuse("NQ-KIND-DIFFERS", each, "kind", each.kind, **_both(known, given))
            return
        self.register.entries[one] = Entry(each.kind, each.title or entry.title, is_registered=True)
        for dimension, value in each.segments.items():
            line = self.register.segments.get((one, dimension), ())
            try:
                self.register.segments[one, dimension] = put(line, value, each.held)
            except Contradiction as against:
                known, given = _value(dimension, against.known.value), _value(dimension, value)
                self._contradict(against, each, str(dimension), value, known, given)

    def _contradict(
        self, against: Contradiction, each: Statement, column: str, value: object, known: Text, given: Text
    ) -> None:
        begins, ends = against.known.held.holds_from, against.known.held.holds_to
        since = Text(str(begins), str(begins)) if begins else ALWAYS_SO
        days = {"since_zh": since.zh, "since_en": since.en, "until": str(ends)}
        self._refuse(CONTRADICTIONS[against.against], each, column, value, **days, **_both(known, given))

    def _succeed(self, each: Statement, one: UUID) -> None:
        if each.succession is None or each.happened_on is None:
            return
        for code in each.succeeds:
            before = self.register.holder(code, each.happened_on - DAY) or self.register.holder(code, None)
            if before is None:
                self._refuse("NQ-SUCCEEDS-UNKNOWN", each, "succeeds", code)
                continue
            told = Succession(before, one, each.succession, each.happened_on)
            known = self.register.successions.get((before, one))
            if known is not None and known != told:
                day = known.happened_on.isoformat()
                kinds = _both(succession.KINDS[known.kind], succession.KINDS[told.kind])
                self._refuse("NQ-SUCCESSION-DIFFERS", each, "succeeds", code, since_zh=day, since_en=day, **kinds)
            if known is None:
                try:
                    self.chain.add(told)
                except ImpossibleSuccession:
                    self._refuse("NQ-SUCCESSION-IMPOSSIBLE", each, "succeeds", code)
                    continue
                self.register.successions[before, one] = told

    def _end(self, each: Statement, one: UUID) -> None:
        last = self.chain.last_day(one)
        if last and each.held.holds_from and each.held.holds_from > last:
            self._refuse("NQ-ENDED", each, "identifier", each.identifier, ended=last.isoformat())

    def _join(self, each: Statement, one: UUID) -> None:
        """Onto the rosters of its primary association: of each kind of feed, the one that the association has."""
        if each.member_of is None:
            return
        association = self.register.holder(each.member_of, each.day)
        entry = self.register.entries.get(association) if association else None
        if association is None or entry is None or entry.kind is not OrganisationKind.ASSOCIATION:
            self._refuse("NQ-ASSOCIATION", each, "member_of", each.member_of)
            return
        feeds = self.handed_in.get(association, {})
        if not feeds or any(len(of_kind) > 1 for of_kind in feeds.values()):
            self.told.append(Finding("NQ-ASSOCIATION-FEED", each.row, "member_of", None, each.member_of.spelled))
        for kind, of_kind in feeds.items():
            if len(of_kind) == 1:
                self._enter(each, one, kind, of_kind[0])

    def _enter(self, each: Statement, one: UUID, kind: str, feed: UUID) -> None:
        entries = self.register.rosters.get((one, kind), {})
        try:
            self.register.rosters[one, kind] = entered(entries, feed, each.held, is_primary=True)
        except Contradiction as against:
            other = self.register.feeds.get(against.known.value)
            known = Text(other.code, other.code) if other else SECOND
            code = self.register.feeds[feed].code
            self._contradict(against, each, "member_of", each.member_of, known, Text(code, code))


def _value(dimension: Dimension, value: str) -> Text:
    return VALUES.get(dimension, {}).get(value) or Text(value, value)


def _both(known: Text, given: Text) -> dict[str, object]:
    return {"known_zh": known.zh, "known_en": known.en, "given_zh": given.zh, "given_en": given.en}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a roster's file."""

    row: int
    identifier: Identifier
    held: Validity
    is_primary: bool


def listing(listed: Iterable[Listed], register: Register, feed: UUID, kind: str) -> Enrolment:
    """Hold the rows of a roster's file against the register."""
    after, findings, about = register.copy(), [], set()
    for each in sorted(listed, key=lambda one: (one.held.first, one.row)):
        one = register.holder(each.identifier, each.held.holds_from or each.held.holds_to)
        one = one or register.holder(each.identifier, None)
        if one is None:
            findings.append(Finding("NQ-ORGANISATION-UNKNOWN", each.row, "enterprise", None, each.identifier.spelled))
            continue
        key = one, kind
        try:
            after.rosters[key] = entered(after.rosters.get(key, {}), feed, each.held, is_primary=each.is_primary)
            about.add(one)
        except Contradiction:
            findings.append(Finding("NQ-ROSTER-DIFFERS", each.row, "enterprise", None, each.identifier.spelled))
    return Enrolment(findings, after, frozenset(about))
