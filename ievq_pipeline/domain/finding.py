"""One thing wrong in a submission, and how it is told. Kept as code, place and parameters; worded when read."""

from dataclasses import dataclass, field

from ievq_pipeline.domain.contracts.model import Contract, Severity


def address(row: int, position: int) -> str:
    """`F7` of the seventh row's cell at the 0-based place 5."""
    return f"{letters(position)}{row}"


def letters(position: int) -> str:
    """What a spreadsheet program calls the column at a 0-based place: A, …, Z, AA."""
    named, n = "", position + 1
    while n:
        n, rest = divmod(n - 1, 26)
        named = chr(65 + rest) + named
    return named


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
        return None if self.row is None or self.position is None else address(self.row, self.position)

    def severity(self, contract: Contract) -> Severity:
        return contract.rule(self.code).severity

    def as_json(self, contract: Contract, sheet: str | None = None) -> dict[str, object]:
        """The object of `interfaces.md` §2, worded in both languages; a soft one with the reasons that can be given."""
        rule = contract.rule(self.code)
        places: dict[str, object] = {**contract.wording(self.column), "value": self.value or "", **self.parameters}
        told: dict[str, object] = {
            "code": self.code,
            "severity": str(rule.severity),
            "sheet": sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "message": rule.message.format(**places).as_json(),
            "remedy": rule.remedy.format(**places).as_json(),
        }
        if rule.reasons:
            told["reasons"] = [{"code": one.code, "title": one.title.as_json()} for one in rule.reasons]
        return told
