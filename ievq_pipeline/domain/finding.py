"""One thing wrong in a submission, and how it is told. Kept as code, place and parameters; worded when read."""

from dataclasses import dataclass, field, fields

from ievq_pipeline.domain.contracts.model import Contract, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """`row` counts as a person sees it; `position` is the 0-based place of the column in the submitted file."""

    code: str
    row: int | None = None
    column: str | None = None
    position: int | None = None
    value: str | None = None
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def cell(self) -> str | None:
        """Address such as `F7`, in the submitted column order."""
        if self.row is None or self.position is None:
            return None
        letters, n = "", self.position + 1
        while n:
            n, rest = divmod(n - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row}"

    def severity(self, contract: Contract) -> Severity:
        return contract.rule(self.code).severity

    def as_row(self) -> dict[str, object]:
        """As it is kept: `Finding(**row)` gives it back."""
        return {name: getattr(self, name) for name in KEPT}

    def as_json(self, contract: Contract) -> dict[str, object]:
        """The object of `interfaces.md` §2, worded in both languages."""
        rule = contract.rule(self.code)
        places: dict[str, object] = {"value": self.value or "", **self.parameters}
        known = next((f for f in contract.fields if f.code == self.column), None)
        if known is not None:
            places = {
                "field": known.code,
                "title_zh": known.title.zh,
                "title_en": known.title.en,
                "example": known.example,
                "aliases_zh": "、".join((known.code, *known.aliases)),
                "aliases_en": ", ".join((known.code, *known.aliases)),
                "minimum": known.minimum,
                "maximum": known.maximum,
                "rule_zh": known.rule.zh,
                "rule_en": known.rule.en,
                "choices_zh": "、".join(choice.title.zh for choice in known.choices),
                "choices_en": ", ".join(choice.title.en for choice in known.choices),
                **places,
            }
        return {
            "code": self.code,
            "severity": str(rule.severity),
            "sheet": None,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "message": rule.message.format(**places).as_json(),
            "remedy": rule.remedy.format(**places).as_json(),
        }


#: the parts of a finding that are kept: all of them
KEPT = tuple(part.name for part in fields(Finding))
