"""What a contract is made of: fields, rules and their wording. Pure data; `adapters/checks.py` compiles it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from ievq_pipeline.domain.errors import SchemeMisfit
from ievq_pipeline.domain.text import Text


class FieldType(StrEnum):
    IDENTIFIER = "identifier"
    QUARTER = "quarter"
    CODE = "code"
    CHOICE = "choice"
    WORDING = "wording"
    INTEGER = "integer"
    DATE = "date"
    TEXT = "text"


class Severity(StrEnum):
    HARD = "hard"  #: the row is quarantined, or the file rejected
    SOFT = "soft"  #: needs a reason
    INFO = "info"  #: told, nothing to do


class Scope(StrEnum):
    FILE = "file"
    STRUCTURE = "structure"
    CELL = "cell"
    ROW = "row"
    WITHIN = "within"
    HISTORY = "history"  #: against what is stored already
    PEERS = "peers"


class CheckedBy(StrEnum):
    """Who holds a file to a rule. The cell engine always does; the suite can where accepted rows still show the fault."""

    BOTH = "both"  #: of a feed's kind, an expectation of the suite holds the accepted rows to it again, down to the same cells
    CELLS = "cells"  #: no expectation stands for it: it is about the file, or about what a typed row no longer shows


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a column that has few: its code, its wording, and what else is understood."""

    code: str
    title: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """A word that stands where a series is named, and makes the row one of another sort, such as a zero report."""

    code: str
    aliases: tuple[str, ...]
    #: required columns that such a row may leave empty
    may_be_empty: frozenset[str]


#: of a feed that does not know a column: its cells may be empty
NOT_STATED = "not-stated"
#: how the name of a scheme is written
SCHEME = re.compile(r"[a-z][a-z0-9.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its code, what people call it, and what its cells may hold."""

    code: str
    title: Text
    aliases: tuple[str, ...]
    type: FieldType
    rule: Text
    example: str
    required: bool = True
    unit: Text | None = None
    #: of a number, its limits; of a text, `maximum` counts characters
    minimum: int | None = None
    maximum: int | None = None
    #: of a code or an identifier: the scheme of bare ones; others are written `scheme:value`
    scheme: str | None = None
    code_list: str | None = None
    choices: tuple[Choice, ...] = ()
    markers: tuple[Marker, ...] = ()
    #: a cell holds several wordings or codes, separated by `;`
    is_list: bool = False
    #: of a number: the sum of its column means something, and offices write it below
    adds_up: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that its header may read; the unit may stand in brackets after it."""
        names = (self.code, self.title.zh, self.title.en, *self.aliases)
        units = (self.unit.zh, self.unit.en) if self.unit else ()
        return (*names, *(f"{name}({unit})" for name in names for unit in units))

    @property
    def wording(self) -> dict[str, object]:
        """What messages may say of the column."""
        return {
            "field": self.code,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
            "example": self.example,
            "aliases_zh": "、".join((self.code, *self.aliases)),
            "aliases_en": ", ".join((self.code, *self.aliases)),
            "minimum": self.minimum,
            "maximum": self.maximum,
            "rule_zh": self.rule.zh,
            "rule_en": self.rule.en,
            "choices_zh": "、".join(choice.title.zh for choice in self.choices),
            "choices_en": ", ".join(choice.title.en for choice in self.choices),
        }

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "title": self.title.as_json(),
            "aliases": list(self.aliases),
            "type": str(self.type),
            "required": self.required,
            "unit": self.unit.as_json() if self.unit else None,
            "code_list": self.code_list,
            "choices": [{"code": c.code, "title": c.title.as_json()} for c in self.choices] or None,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "rule": self.rule.as_json(),
            "example": self.example,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong; its code never changes its meaning. `message` may name `{value}` and the rule's own places."""

    code: str
    severity: Severity
    scope: Scope
    title: Text
    message: Text
    remedy: Text
    checked_by: CheckedBy = CheckedBy.CELLS
    #: of a soft one: the reasons that a submitter can give
    reasons: tuple[Choice, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": str(self.severity),
            "scope": str(self.scope),
            "title": self.title.as_json(),
            "remedy": self.remedy.as_json(),
            "checked_by": str(self.checked_by),
            "reasons": [{"code": c.code, "title": c.title.as_json()} for c in self.reasons] or None,
        }


@dataclass(frozen=True)
class Contract:
    """What one kind of feed promises to hand in, version by version."""

    feed_kind: str
    version: int
    title: Text
    key: tuple[str, ...]
    #: the column whose share of quarantined rows decides on partial acceptance; without one the rows alone decide
    weight: str | None
    #: the columns that name a series, the reporter's first where a file has several; what a quarantined row names there
    #: is unknown, never zero
    subject: tuple[str, ...]
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]

    def field(self, code: str) -> Field:
        return next(f for f in self.fields if f.code == code)

    def rule(self, code: str) -> Rule:
        return self._rules[code]

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.code: rule for rule in self.rules}

    def wording(self, column: str | None) -> Mapping[str, object]:
        """What the messages of rules may say of a column, by the names of their places."""
        return self._wordings.get(column or "", {})

    @cached_property
    def _wordings(self) -> dict[str, Mapping[str, object]]:
        return {f.code: f.wording for f in self.fields}

    @property
    def markers(self) -> tuple[Marker, ...]:
        """The markers of the column that names the series."""
        return self.field(self.subject[-1]).markers

    @property
    def has_reporters(self) -> bool:
        """Whether rows say whose numbers they are; without it the feed's source speaks for itself."""
        return len(self.subject) > 1

    def check_schemes(self, schemes: Mapping[str, str]) -> None:
        """Raises SchemeMisfit for a column without codes, a scheme that is no name, and reporters left unnamed."""
        columns = {f.code: f.type for f in self.fields if f.scheme}
        for column, scheme in schemes.items():
            is_unnamed = scheme == NOT_STATED and columns.get(column) is FieldType.IDENTIFIER
            if column not in columns or not SCHEME.fullmatch(scheme) or is_unnamed:
                raise SchemeMisfit(column=column, scheme=scheme, known=", ".join(columns) or "–")

    def with_schemes(self, schemes: Mapping[str, str]) -> Self:
        """The contract as one feed has agreed on it: by column, the scheme of bare codes, or NOT_STATED."""
        fields = tuple(
            replace(f, scheme=scheme, required=f.required and scheme != NOT_STATED)
            if (scheme := schemes.get(f.code)) and f.scheme
            else f
            for f in self.fields
        )
        return replace(self, fields=fields)

    def list_versions(self, versions: Mapping[str, str]) -> dict[str, str]:
        """Of the code lists that there are, by name, the versions of those that files of this kind are held against."""
        named = dict.fromkeys(f.code_list for f in self.fields if f.code_list)
        return {name: versions[name] for name in named if name in versions}

    def rules_version(self, versions: Mapping[str, str]) -> str:
        """Under which rules and code lists a file is checked, such as `job-demand-1+skills-0`."""
        lists = (f"{name}-{version}" for name, version in self.list_versions(versions).items())
        return "+".join((f"{self.feed_kind}-{self.version}", *lists))

    def as_json(self) -> dict[str, object]:
        return {
            "feed_kind": self.feed_kind,
            "version": self.version,
            "title": self.title.as_json(),
            "key": list(self.key),
            "fields": [f.as_json() for f in self.fields],
            "rules": [r.as_json() for r in self.rules],
        }
