"""What a contract is made of: fields, rules and their wording. Pure data; `adapters/checks.py` compiles it."""

from dataclasses import dataclass
from enum import StrEnum

from ievq_pipeline.domain.text import Text


class FieldType(StrEnum):
    IDENTIFIER = "identifier"
    QUARTER = "quarter"
    WORDING = "wording"
    INTEGER = "integer"


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
    minimum: int | None = None
    maximum: int | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "title": self.title.as_json(),
            "aliases": list(self.aliases),
            "type": str(self.type),
            "required": self.required,
            "unit": self.unit.as_json() if self.unit else None,
            "code_list": None,
            "choices": None,
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

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": str(self.severity),
            "scope": str(self.scope),
            "title": self.title.as_json(),
            "remedy": self.remedy.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Contract:
    """What one kind of feed promises to hand in, version by version."""

    feed_kind: str
    version: int
    title: Text
    key: tuple[str, ...]
    #: the column whose share of quarantined rows decides on partial acceptance
    weight: str
    #: the column that names the series; what a quarantined row names there is unknown, never zero
    subject: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]

    def field(self, code: str) -> Field:
        return next(f for f in self.fields if f.code == code)

    def rule(self, code: str) -> Rule:
        return next(r for r in self.rules if r.code == code)

    @property
    def rules_version(self) -> str:
        return f"{self.feed_kind}-{self.version}"

    def as_json(self) -> dict[str, object]:
        return {
            "feed_kind": self.feed_kind,
            "version": self.version,
            "title": self.title.as_json(),
            "key": list(self.key),
            "fields": [f.as_json() for f in self.fields],
            "rules": [r.as_json() for r in self.rules],
        }
