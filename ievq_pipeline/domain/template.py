"""The template of a feed's file: what is asked for, its hidden stamp, and what an old or foreign one means."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.template_rules import OTHER_KIND
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import LANGUAGES, Text

#: counts up when templates change in a way that whoever fills one in must know
LAYOUT = 1
#: the first entry of a stamp: what it is a stamp of
MARK = "ievq-template"
#: names of the sheets beside the one to be filled in; those of code lists begin so
GUIDE, LIST, ROSTER = Text("填表说明", "How to fill in"), Text("代码表", "Codes"), Text("名单", "Roster")
#: characters that an entry of a stamp has at most; longer ones are nobody's stamp
LONGEST_ENTRY = 500


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody whom the feed may report for: the code as a file has it, and the name."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """A feed as its template needs it; codes are `scheme:value`. `reporters` are its roster: codes with names."""

    code: str
    kind: str
    schemes: Mapping[str, str]
    source: str | None = None
    organisation: str | None = None
    organisation_title: str = ""
    reporters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What a template is asked for: a kind alone, or a feed's own with its organisation.

    `contract` has the schemes of the feed. `organisation` is `scheme:value`. `keys` are rows of the quarter before by
    column, as a file has them and without their numbers; `reporters` are those on the roster.
    """

    contract: Contract
    quarter: str | None = None
    language: str = "zh"
    feed: str | None = None
    organisation: str | None = None
    organisation_title: str = ""
    keys: Sequence[Mapping[str, str]] = ()
    reporters: Sequence[Reporter] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a template says of itself. Anybody can change it, so it explains findings and decides nothing alone."""

    kind: str
    contract_version: int
    layout: int = LAYOUT
    code_lists: Mapping[str, str] = field(default_factory=dict)
    feed: str | None = None
    organisation: str | None = None
    quarter: str | None = None
    language: str = "zh"
    is_altered: bool = False

    @classmethod
    def of(cls, order: Order, list_versions: Mapping[str, str]) -> Self:
        contract = order.contract
        lists = contract.list_versions(list_versions)
        whose = order.feed, order.organisation, order.quarter
        return cls(contract.feed_kind, contract.version, LAYOUT, lists, *whose, order.language)

    def entries(self) -> dict[str, str]:
        """As it stands in the workbook, its checksum last."""
        told = {
            "template": MARK,
            "layout": str(self.layout),
            "kind": self.kind,
            "contract_version": str(self.contract_version),
            "code_lists": ";".join(f"{name}={version}" for name, version in sorted(self.code_lists.items())),
            "feed": self.feed or "",
            "organisation": self.organisation or "",
            "quarter": self.quarter or "",
            "language": self.language,
        }
        return told | {"checksum": _checksum(told)}

    @classmethod
    def parse(cls, entries: Mapping[str, str]) -> Self | None:
        """The stamp that these entries are; None where they are none, or no longer one that can be read."""
        if entries.get("template") != MARK or max(map(len, entries.values())) > LONGEST_ENTRY:
            return None
        numbers = entries.get("layout", ""), entries.get("contract_version", "")
        if not all(number.isascii() and number.isdecimal() and len(number) < 6 for number in numbers):
            return None
        listed = [each.partition("=") for each in entries.get("code_lists", "").split(";") if each]
        told = {name: value for name, value in entries.items() if name != "checksum"}
        return cls(
            kind=entries.get("kind", ""),
            contract_version=int(numbers[1]),
            layout=int(numbers[0]),
            code_lists={name: version for name, _, version in listed},
            feed=entries.get("feed") or None,
            organisation=entries.get("organisation") or None,
            quarter=entries.get("quarter") or None,
            language=entries.get("language", "zh"),
            is_altered=entries.get("checksum") != _checksum(told),
        )


def _checksum(told: Mapping[str, str]) -> str:
    """Tells a slip of the hand, not a forger: there is no secret in it."""
    return hashlib.sha256(json.dumps(sorted(told.items()), ensure_ascii=False).encode()).hexdigest()[:16]


def is_own_sheet(name: str) -> bool:
    """Whether a template has a sheet of that name beside the one to be filled in: nobody asks that it be read."""
    return any(
        name in (GUIDE[language], ROSTER[language]) or name.startswith(f"{LIST[language]}-") for language in LANGUAGES
    )


def judge(
    stamp: Stamp,
    contract: Contract,
    *,
    feed: str | None = None,
    organisation: str | None = None,
    quarter: str | None = None,
    list_versions: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What a template's stamp tells of a file that can be read as its contract: infos, for cells are checked anyway.

    What is None is not known of the submission, and not compared. From a stamp that was altered nothing else is
    concluded, and nothing at all from one of another kind: its header was evidently replaced.
    """
    if stamp.is_altered:
        return [Finding("NQ-TEMPLATE-ALTERED")]
    if stamp.kind != contract.feed_kind:
        return []
    found = []
    if stamp.quarter and quarter and stamp.quarter != quarter:
        found.append(Finding("NQ-TEMPLATE-QUARTER", value=stamp.quarter, parameters={"quarter": quarter}))
    if stamp.feed and feed and stamp.feed != feed:
        found.append(Finding("NQ-TEMPLATE-FEED", value=stamp.feed, parameters={"feed": feed}))
    elif stamp.organisation and organisation and stamp.organisation != organisation:
        parameters: dict[str, object] = {"organisation": organisation}
        found.append(Finding("NQ-TEMPLATE-ORGANISATION", value=stamp.organisation, parameters=parameters))
    if (stamp.contract_version, stamp.layout) != (contract.version, LAYOUT):
        versions = f"{stamp.contract_version}.{stamp.layout}"
        parameters = {"version": f"{contract.version}.{LAYOUT}"}
        found.append(Finding("NQ-TEMPLATE-OLD", value=versions, parameters=parameters))
    now = contract.list_versions(list_versions or {})
    changed = {name: at for name, at in now.items() if stamp.code_lists.get(name, at) != at}
    if changed:
        told = {f.code_list: f.title for f in contract.fields if f.code_list in changed}
        parts = [(title, f"{stamp.code_lists[name]} → {changed[name]}") for name, title in told.items() if name]
        parameters = {"lists_zh": "、".join(f"{title.zh} {versions}" for title, versions in parts),
                      "lists_en": ", ".join(f"{title.en} {versions}" for title, versions in parts)}  # fmt: skip
        found.append(Finding("NQ-TEMPLATE-LISTS", parameters=parameters))
    return found


def of_other_kind(found: Contract, wanted: Contract, row: int | None, read: str) -> Finding:
    """The finding that a file is of another kind, whose header reads so."""
    titles: dict[str, Text] = {"found": found.title, "wanted": wanted.title}
    parameters: dict[str, object] = {
        f"{name}_{language}": title[language] for name, title in titles.items() for language in ("zh", "en")
    }
    return Finding(OTHER_KIND.code, row, value=read, parameters={"kind": found.feed_kind, **parameters})
