"""Prints docs/findings.md: every finding code with an example that the check gave; `make docs` writes it."""

import re
import sys
from collections.abc import Iterator, Mapping

from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract
from ievq_pipeline.domain.contracts.model import Contract, Rule, Scope, Severity
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text
from tools.findings import SAMPLES, STATED

KINDS: Mapping[str, Contract] = CONTRACTS | REGISTERS
SEVERITIES = {
    Severity.HARD: Text("必须更正", "must be mended"),
    Severity.SOFT: Text("须说明理由", "needs a reason"),
    Severity.INFO: Text("仅告知", "told, nothing to do"),
}
SCOPES = {
    Scope.FILE: Text("文件", "The file"),
    Scope.STRUCTURE: Text("表的结构", "Its structure"),
    Scope.CELL: Text("单元格", "Single cells"),
    Scope.ROW: Text("一行之内", "Within a row"),
    Scope.WITHIN: Text("行与行之间", "Rows against each other"),
    Scope.HISTORY: Text("与已登记的内容相比", "Against what is stored"),
    Scope.PEERS: Text("与其他报送相比", "Against what others say"),
}


def rules() -> dict[str, list[tuple[Contract, Rule]]]:
    """By code, the kinds that have the rule, with their wording of it."""
    found: dict[str, list[tuple[Contract, Rule]]] = {}
    for kind in KINDS.values():
        for rule in kind.rules:
            found.setdefault(rule.code, []).append((kind, rule))
    return found


def page() -> str:
    by_scope: dict[Scope, list[str]] = {scope: [] for scope in Scope}
    for code, held in rules().items():
        by_scope[held[0][1].scope].append(code)
    return "\n".join(
        [
            "# Findings · 问题代码",
            "",
            "Made by `make docs` from the rules and `tools/findings/`; do not edit. Codes never change their meaning.",
            "Every example is what the check says of a small file, but for those marked †, which need more than that.",
            "本页由程序生成，请勿手工修改。代码的含义永不改变；例子是检查程序对一份小文件的真实回答，标 † 的除外。",
            "",
            "| severity | 含义 | meaning |",
            "|---|---|---|",
            *(f"| {severity} | {text.zh} | {text.en} |" for severity, text in SEVERITIES.items()),
            *(line for scope, codes in by_scope.items() if codes for line in _of_scope(scope, codes)),
            "",
            "## Changed without doubt · 自动规整",
            "Counted in the answer under `normalised`; no finding · 只计数，不算问题。",
            "",
            "| code | 中文 | English | from · 原文 | to · 读作 |",
            "|---|---|---|---|---|",
            *(_change(code, text) for code, text in NORMALISED.items()),
            "",
        ]
    )


def _of_scope(scope: Scope, codes: list[str]) -> Iterator[str]:
    yield from ("", f"## {SCOPES[scope].en} · {SCOPES[scope].zh}")
    for code in codes:
        yield from _told(code)


def _told(code: str) -> Iterator[str]:
    held = rules()[code]
    _, rule = held[0]
    kinds = "all · 各类" if len(held) == len(KINDS) else ", ".join(f"`{kind.feed_kind}`" for kind, _ in held)
    severity = SEVERITIES[rule.severity]
    yield from ("", f"### {code}")
    yield f"{rule.title.zh} · {rule.title.en}. {rule.severity} ({severity.zh} · {severity.en}); {kinds}."
    kind, finding, mark = example(code)
    if finding is None:
        yield from ("", f"- {rule.message.zh}{rule.remedy.zh}", f"- {rule.message.en} {rule.remedy.en}")
    else:
        told = finding.as_json(contract(kind))
        place = f"`{told['cell']}` " if told["cell"] else ""
        message, remedy = dict(told["message"]), dict(told["remedy"])  # type: ignore[call-overload]
        yield ""
        yield f"- {mark}{place}{_line(message['zh'])}{_line(remedy['zh'])}"
        yield f"- {mark}{place}{_line(message['en'])} {_line(remedy['en'])}"
    if rule.reasons:
        yield from ("", "| reason | 理由 | meaning |", "|---|---|---|")
        yield from (f"| `{one.code}` | {one.title.zh} | {one.title.en} |" for one in rule.reasons)


def example(code: str) -> tuple[str, Finding | None, str]:
    """The kind, the finding and how it is marked: of the check, or stated."""
    for sample in SAMPLES:
        if sample.code == code:
            return sample.kind, sample.finding(), ""
    for stated in STATED:
        if stated.finding.code == code:
            return stated.kind, stated.finding, "† "
    return "totals", None, ""


def _change(code: str, text: Text) -> str:
    change = next((sample.change() for sample in SAMPLES if sample.code == code), None)
    before, after = (_quoted(change.before), _quoted(change.after)) if change else ("", "")
    return f"| `{code}` | {text.zh} | {text.en} | {before} | {after} |"


def _quoted(text: str) -> str:
    return f"`{_line(text)}`" if text else ""


def _line(text: str) -> str:
    """On one line, and so that a table or a list does not break on it."""
    plain = " ".join(text.split()) if "\n" in text else text
    return re.sub("[\ufffd\x00-\x1f\x7f]+", "�", plain).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
