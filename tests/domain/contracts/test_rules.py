"""Every rule of every kind: told in words that a submitter in China can act on."""

import re

import pytest

from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS
from ievq_pipeline.domain.contracts.model import Contract, FieldType, Rule
from ievq_pipeline.domain.contracts.rules import NORMALISED
from ievq_pipeline.domain.finding import Finding

HAN = re.compile("[\u4e00-\u9fff]")
KINDS = [*CONTRACTS.values(), *REGISTERS.values()]
#: the rules' own places, as the checks fill them
PLACES = {
    "line": 3, "looks_zh": "", "looks_en": "", "utf8": "ÀÔ", "gb18030": "某值", "kind_zh": "PDF文件",
    "kind_en": "a PDF", "cap_zh": "最大 256 MB", "cap_en": "at most 256 MB", "cap": "32,767", "lines": 30,
    "quarter": "2025-Q3", "length": 300, "exposure": 10, "first": 4, "usual": "hn", "source": "hn",
    "largest": 20, "name": "？", "first_value": "某值",
    "suggestions_zh": "信息安全", "suggestions_en": "Information security", "concept_zh": "信息安全，代码 security",
    "concept_en": "Information security, code security", "begins": "2025-07-01", "other": "us-agency:DN",
    "ended": "2025-06-30", "known_zh": "小型", "known_en": "small", "given_zh": "中型", "given_en": "medium",
    "what_zh": "缺少逗号", "what_en": "a comma is missing", "sheet": "某值", "rows": 3, "columns": 1, "count": 2,
    "area": "A1:B2", "since_zh": "2025-07-01", "since_en": "2025-07-01", "until": "2025-12-31", "place": 5,
    "version": "2026", "old": "渝北区", "year": 2025, "candidates_zh": "500157（重庆市两江新区）",
    "candidates_en": "500157 (Chongqing)",
    "found_zh": "技术应用表", "found_en": "Technology", "wanted_zh": "用人需求表", "wanted_en": "Job demand",
    "sum": 12, "now": 900, "before": 12, "skill": "go", "peers": 9,
    "feed": "hn", "organisation": "us-agency:DN", "lists_zh": "地区 2023 → 2024", "lists_en": "Region 2023 → 2024",
    "names": "Python、SQL",
}  # fmt: skip
#: the column that a rule of one type speaks of
COLUMN_TYPE = {
    "NQ-CREDIT-CODE": FieldType.IDENTIFIER, "NQ-SCHEME": FieldType.IDENTIFIER, "NQ-CODE": FieldType.CODE,
    "NQ-CODE-UNKNOWN": FieldType.CODE, "NQ-CODE-ENDED": FieldType.CODE, "NQ-TITLE-AMBIGUOUS": FieldType.CODE,
    "NQ-TITLE-UNKNOWN": FieldType.CODE, "NQ-CHOICE": FieldType.CHOICE, "NQ-NOTE-LONG": FieldType.TEXT,
    "NQ-LIST-DOUBT": FieldType.WORDING, "NQ-TEXT-LONG": FieldType.WORDING, "NQ-WORDING": FieldType.WORDING,
    "NQ-WORDING-NEW": FieldType.WORDING,
}  # fmt: skip


def columns_for(rule: Rule, kind: Contract) -> list[str | None]:
    """Columns that a finding of the rule may name; a kind without the type, and a rule of the file, name none."""
    wanted = COLUMN_TYPE.get(rule.code, FieldType.INTEGER)
    return [f.code for f in kind.fields if f.type is wanted] or [kind.subject[-1]]


@pytest.mark.parametrize(("kind", "rule"), [(kind, rule) for kind in KINDS for rule in kind.rules],
                         ids=lambda one: one.code if isinstance(one, Rule) else one.feed_kind)  # fmt: skip
def test_every_rule_is_told_with_fault_and_remedy_in_good_words(kind: Contract, rule: Rule) -> None:
    for column in columns_for(rule, kind):
        told = Finding(rule.code, 7, column, 3, "某值", dict(PLACES)).as_json(kind)
        aliases = next(f.aliases for f in kind.fields if f.code == column)
        for part in ("message", "remedy"):
            text = told[part]
            assert isinstance(text, dict)
            assert HAN.search(text["zh"])
            assert text["zh"].endswith("。")
            assert text["en"].endswith(".")
            assert not re.search(r"[{}]|。。|\.\.", text["zh"] + text["en"])
            if rule.code not in ("NQ-MINIMUM", "NQ-MAXIMUM"):
                assert "None" not in text["zh"] + text["en"]
            assert not re.search(r"[\u4e00-\u9fff] ?[,;:()]|[,;()] ?[\u4e00-\u9fff]", text["zh"]), "half-width signs"
            submitters_own = sorted(("某值", *aliases), key=len, reverse=True)
            assert not HAN.search(re.sub("|".join(map(re.escape, submitters_own)), "", text["en"]))
    assert re.fullmatch(r"NQ-[A-Z]+(-[A-Z]+)*", rule.code)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.feed_kind)
def test_rule_codes_stand_once_and_changes_have_codes_of_their_own(kind: Contract) -> None:
    codes = [rule.code for rule in kind.rules]
    assert len(codes) == len(set(codes))
    assert not set(codes) & set(NORMALISED)
    assert all(HAN.search(text.zh) for text in NORMALISED.values())


def test_a_code_has_one_severity_and_scope_in_every_kind() -> None:
    meant = {(rule.code, rule.severity, rule.scope) for kind in KINDS for rule in kind.rules}
    assert len(meant) == len({code for code, *_ in meant})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.feed_kind)
def test_no_header_means_two_columns(kind: Contract) -> None:
    names = [
        re.sub(r"[\s_]", "", name).casefold()
        for f in kind.fields
        for name in {f.code.replace("_", " "), f.title.zh, f.title.en.lower(), *f.aliases}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.feed_kind)
def test_every_column_is_told_in_both_languages(kind: Contract) -> None:
    for f in kind.fields:
        assert HAN.search(f.title.zh)
        assert HAN.search(f.rule.zh)
        assert not HAN.search(f.title.en + f.rule.en + f.example)
        assert not f.rule.zh.endswith("。")
        assert not f.rule.en.endswith(".")
