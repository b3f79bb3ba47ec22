"""Prints docs/contracts.md from the contracts in the code; `make docs` writes it, and a test holds the two together."""

import sys

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS
from ievq_pipeline.domain.contracts.model import CheckedBy, Contract, Field, FieldType, Rule, Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.contracts.totals import TOTALS
from ievq_pipeline.domain.text import Text

SEVERITIES = {
    Severity.HARD: Text("隔离该行，或拒收整份文件", "the row is set aside, or the file rejected"),
    Severity.SOFT: Text("需要说明理由", "needs a reason"),
    Severity.INFO: Text("仅告知", "told, nothing to do"),
}
#: of rules that the suite holds accepted rows to again
TWICE = Text("入库前复核", "checked again before storing")
SHAPES = {
    "uscc": Text("18位统一社会信用代码，核对校验码", "a unified social credit code, its check character included"),
    "gbt2260": Text("6位数字，或 unknown、remote", "six digits, or `unknown` or `remote`"),
    "gbt4754": Text("门类1个字母，或2至4位数字", "the letter of a section, or 2 to 4 digits"),
    "csco": Text("n-nn-nn-nn", "n-nn-nn-nn"),
}


SHARED = [rule for rule in TOTALS.rules if all(rule in contract.rules for contract in CONTRACTS.values())]


def page() -> str:
    return "\n".join(
        [
            "# Contracts · 填报约定",
            "",
            "Made by `make docs` from `ievq_pipeline/domain/contracts/`; do not edit. `{…}` is filled in for a cell.",
            "本页由程序生成，请勿手工修改；`{…}` 处按具体单元格填写。",
            "",
            "What is checked again, and why: [expectations.md](expectations.md) · 入库前复核的规则见该页。",
            *(line for contract in (*CONTRACTS.values(), *REGISTERS.values()) for line in about(contract)),
            "",
            "## Rules of every kind · 通用规则",
            *(line for rule in SHARED for line in told(rule)),
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
        *more(contract),
        "",
        "### Rules of this kind · 本表的规则",
        *(line for rule in contract.rules if rule not in SHARED for line in told(rule, contract)),
    ]


def more(contract: Contract) -> list[str]:
    lines = [line for field in contract.fields for line in further(field)]
    return ["", *lines] if lines else []


def further(field: Field) -> list[str]:
    """What a row of the table has no room for: the shape of codes, choices, and words that make a row another sort."""
    lines = []
    if field.scheme:
        shape = SHAPES[field.scheme]
        tail = held(field)
        lines.append(
            f"bare codes are of scheme `{field.scheme}`: {shape.en}{tail.en} · 不写体系名的为：{shape.zh}{tail.zh}"
        )
    if field.choices:
        choices = (f"`{c.code}` = {', '.join((c.title.zh, c.title.en, *c.aliases))}" for c in field.choices)
        lines.append(f"choices · 选项: {'; '.join(choices)}")
    if field.type is FieldType.WORDING and (listed := code_lists.shipped().get(field.code_list or "")):
        lines.append(
            f"names that the code list `{field.code_list}`, version {listed.version}, knows become its codes"
            f" · 代码表 `{field.code_list}`（第 {listed.version} 版）所列的名称换成其代码"
        )
    lines += [f"`{marker.code}` = {', '.join(marker.aliases)}" for marker in field.markers]
    return [f"- `{field.code}`: {line}" for line in lines]


def held(field: Field) -> Text:
    """Of a column of codes, the list that bare ones are held against."""
    if field.code_list is None:
        return Text("", "")
    version = code_lists.versions()[field.code_list]
    return Text(
        f"；与代码表 `{field.code_list}`（{version}版）核对，名称和已变更的旧代码换成现行代码",
        f"; held against the code list `{field.code_list}`, version {version}:"
        " titles and old codes become the codes of today",
    )


def told(rule: Rule, contract: Contract = TOTALS) -> list[str]:
    """A rule as a kind has it; a register has no suite that would hold its rows to it again."""
    is_held_again = rule.checked_by is CheckedBy.BOTH and contract.feed_kind in CONTRACTS
    meant = [SEVERITIES[rule.severity], *([TWICE] if is_held_again else [])]
    in_brackets = "; ".join(f"{text.en} · {text.zh}" for text in meant)
    return [
        "",
        f"**`{rule.code}`** {rule.title.en} · {rule.title.zh} ({in_brackets})",
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
