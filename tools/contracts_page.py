"""Prints docs/contracts.md from the contracts in the code; `make docs` writes it, and a test holds the two together."""

import sys

from ievq_pipeline.domain.contracts import CONTRACTS
from ievq_pipeline.domain.contracts.model import Contract, Field, Rule, Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.text import Text

SEVERITIES = {
    Severity.HARD: Text("隔离该行，或拒收整份文件", "the row is set aside, or the file rejected"),
    Severity.SOFT: Text("需要说明理由", "needs a reason"),
    Severity.INFO: Text("仅告知", "told, nothing to do"),
}


def page() -> str:
    return "\n".join(
        [
            "# Contracts · 填报约定",
            "",
            "Made by `make docs` from `ievq_pipeline/domain/contracts/`; do not edit. `{…}` is filled in for a cell.",
            "本页由程序生成，请勿手工修改；`{…}` 处按具体单元格填写。",
            *(line for contract in CONTRACTS.values() for line in about(contract)),
            "",
            "## Changed without doubt · 自动规整",
            "Counted in the answer, no finding · 只计数，不算问题。",
            "",
            "| code | 中文 | English |",
            "|---|---|---|",
            *(f"| `{code}` | {text.zh} | {text.en} |" for code, text in NORMALISED.items()),
            "",
        ]
    )


def about(contract: Contract) -> list[str]:
    key = ", ".join(f"`{code}`" for code in contract.key)
    return [
        "",
        f"## {contract.title.en} · {contract.title.zh}: `{contract.feed_kind}`, version {contract.version}",
        f"One row for each {key} · 每一组合一行。",
        "",
        "| column | 列名 | also understood · 也可写作 | type | rule | 要求 | example |",
        "|---|---|---|---|---|---|---|",
        *(row(field) for field in contract.fields),
        "",
        "### Rules · 规则",
        *(line for rule in contract.rules for line in told(rule)),
    ]


def told(rule: Rule) -> list[str]:
    severity = SEVERITIES[rule.severity]
    return [
        "",
        f"**`{rule.code}`** {rule.title.en} · {rule.title.zh} ({severity.en} · {severity.zh})",
        f"- {rule.message.en} {rule.remedy.en}",
        f"- {rule.message.zh}{rule.remedy.zh}",
    ]


def row(field: Field) -> str:
    aliases = ", ".join((field.title.en, *field.aliases))
    unit = Text(f"（{field.unit.zh}）", f" ({field.unit.en})") if field.unit else Text("", "")
    kind = f"{field.type}{'' if field.required else ', optional'}{limits(field)}"
    return (
        f"| `{field.code}` | {field.title.zh} | {aliases} | {kind} | {field.rule.en}{unit.en}"
        f" | {field.rule.zh}{unit.zh} | {field.example} |"
    )


def limits(field: Field) -> str:
    if field.minimum is not None:
        return f", {field.minimum:,} to {field.maximum:,}"
    return f", at most {field.maximum} characters" if field.maximum is not None else ""


if __name__ == "__main__":
    sys.stdout.write(page())
