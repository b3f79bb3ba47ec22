"""How offices lay out a sheet: titles, headers, notes, sums, what is hidden, merged or repeated."""

from collections.abc import Iterator

from tests.offices import (
    CODES,
    ENTERPRISES,
    HEAD,
    QUARTER,
    TECHNOLOGY_HEAD,
    Case,
    Cells,
    Rows,
    good,
    put,
    separated,
    table,
    technology,
    totals,
    xlsx,
)  # fmt: skip

NOTE = ["填表说明：一行一项技能。"]
SYNONYMS = ["统一社会信用代码*", "填报季度（必填）", "工作地区", "行业代码", "职业（工种）代码", "技能名称", "招聘人数（人）", "应聘人数(人)", "职位编号", "层级", "是否必需"]  # fmt: skip
ENGLISH = ["Enterprise", "Quarter", "Region", "Industry", "Occupation", "Skill", "Openings (persons)", "Applicants", "Post reference", "Tier", "Required"]  # fmt: skip


def both(
    name: str, rows: Rows, accepted: int, *findings: str, csv_findings: tuple[str, ...] | None = None, **more: object
) -> Iterator[Case]:
    """The same rows as CSV and as XLSX."""
    yield Case(f"{name}.csv", separated(rows), accepted, findings if csv_findings is None else csv_findings, **more)  # type: ignore[arg-type]
    yield Case(f"{name}.xlsx", xlsx(rows), accepted, findings, **more)  # type: ignore[arg-type]


def above_and_below() -> Iterator[Case]:
    for blank_first in (False, True):
        titles: Rows = [["2025年第三季度用人需求统计表"], ["填报单位：某某协会", "", "", "", "", "单位：人"], []]
        rows: Rows = [[] for _ in range(blank_first)] + titles + table(12)
        head = 4 + blank_first
        put(rows, (f"G{head + 3}", "约20"))
        yield from both(
            f"titles-{blank_first}",
            rows,
            11,
            f"NQ-INTEGER G{head + 3}",
            verdict="accepted_with_quarantine",
            facts={"header_row": head},
        )
    signed = [
        *table(12),
        [],
        NOTE,
        ["填表人：张某", "", "审核人：李某", "", "联系电话：0592-1234567"],
        ["填报日期：2025年10月8日"],
    ]
    yield from both("signed", signed, 12, changed=["NQ-N-NOTES"])
    yield from both(
        "signed-apart",
        [*table(12), [], ["制表人", "张某", "", "负责人", "李某"], ["单位（盖章）"]],
        12,
        changed=["NQ-N-NOTES"],
    )
    yield from both(
        "notes-numbered",
        [*table(12), ["注：1. 人数为季末数。"], ["2. 不含劳务派遣。"], ["3. 其他。"]],
        12,
        changed=["NQ-N-NOTES"],
    )
    yield from both(
        "english-note", [*table(12), ["Note: figures are of the end of the quarter."]], 12, changed=["NQ-N-NOTES"]
    )
    yield from both("last-row-is-data", [*table(12), good(1, 13)[0]], 13)
    yield from both(
        "long-note", [*table(12), ["说明：" + "本表数据来自各会员单位。" * 200]], 12, changed=["NQ-N-NOTES"]
    )
    yield from both("end-mark", [*table(12), ["——以下空白——"]], 12, changed=["NQ-N-NOTES"])
    yield from both("below-blank", [*table(12), ["以下空白"]], 12, changed=["NQ-N-NOTES"])
    yield from both("data-after-blank-lines", [*table(6), [], [], *good(6, 7), []], 12)
    commas = [["" for _ in HEAD] for _ in range(40)]
    yield from both("blank-rows-of-commas", [*table(12), *commas], 12)
    spaces = [[" ", "\u3000", "", "\u00a0"] for _ in range(5)]
    yield from both("rows-of-spaces", [*table(6), *spaces, *good(6, 7), *spaces], 12)


def sums() -> Iterator[Case]:
    for label in ("合计", "总计", "小计", "合 计", "合计：", "共计", "Total"):
        rows = [*table(12), [label, "", "", "", "", "", 120, 36]]
        yield from both(f"sum-{label}", rows, 12, changed=["NQ-N-SUM"])
    yield from both(
        "sums-between",
        [
            *table(6),
            ["小计", "", "", "", "", "", 60],
            *good(6, 7),
            ["小计", "", "", "", "", "", 60],
            ["总计", "", "", "", "", "", "120"],
        ],
        12,
        changed=["NQ-N-SUM"],
    )
    numbered = [
        ["序号", *HEAD],
        *([n, *row] for n, row in enumerate(good(12), 1)),
        ["合计", "", "", "", "", "", "", 120],
    ]
    yield from both("sum-under-serial", numbered, 12, "NQ-HEADER-UNKNOWN A1", changed=["NQ-N-SUM"])
    yield from both(
        "sum-then-signature",
        [*table(12), ["合计", "", "", "", "", "", 120], ["填表人：张某"]],
        12,
        changed=["NQ-N-SUM", "NQ-N-NOTES"],
    )
    ours = [ENTERPRISES[0], QUARTER, "", "", "", "合计", 40]
    yield from both(
        "sum-of-an-enterprise",
        [*table(12), ours],
        13,
        changed=["NQ-N-MARKER"],
        values={(14, "skill"): "TOTAL", (14, "openings"): 40},
    )
    nobodys: Cells = ["", "", "", "", "", "合计", 600]
    yield from both("sum-of-nobody", [*table(60), nobodys], 60, changed=["NQ-N-SUM"])
    yield from both(
        "subtotal-as-skill",
        [*table(60), [ENTERPRISES[0], QUARTER, "350200", "39", "", "小计", 20]],
        60,
        "NQ-WORDING F62",
        verdict="accepted_with_quarantine",
    )
    zero = [ENTERPRISES[0], QUARTER, "", "", "", "零报告", ""]
    yield from both(
        "zero-report",
        [list(HEAD), zero, ["us-agency:DN", QUARTER, "", "", "", "nil", 0]],
        2,
        changed=["NQ-N-MARKER"],
        values={(2, "skill"): "nil-report"},
    )
    yield from both(
        "zero-beside-rows",
        [*table(60), zero],
        60,
        "NQ-ZERO-BESIDE-ROWS F62",
        changed=["NQ-N-MARKER"],
        verdict="accepted_with_quarantine",
    )
    total_of_terms: Cells = ["合计", "", "", 21, 100, ""]
    yield from both("sum-of-totals", [*totals(), total_of_terms], 6, changed=["NQ-N-SUM"], kind="totals")
    yield from both(
        "sum-as-term",
        [*totals(60), ["hn", QUARTER, "合计", 60, 100, 3]],
        60,
        "NQ-WORDING C62",
        verdict="accepted_with_quarantine",
        kind="totals",
    )
    yield from both(
        "sum-of-technology", [*technology(), ["共计", "", "6项"]], 6, changed=["NQ-N-SUM"], kind="technology"
    )


def headers() -> Iterator[Case]:
    yield from both("synonyms", [SYNONYMS, *good(12)], 12)
    yield from both("english", [ENGLISH, *good(12)], 12)
    yield from both("codes", [list(CODES), *good(12)], 12)
    mixed = [*CODES[:3], *ENGLISH[3:6], *SYNONYMS[6:]]
    yield from both("mixed", [mixed, *good(12)], 12)
    starred = [
        "*企业代码",
        "＊季度",
        "地区（必填）",
        "行业\n（必填）",
        "职业（选填）",
        "技 能",
        "需求\n人数",
        "求职人数\r\n（人）",
        " 岗位编号 ",
        "技能层级\u3000",
        "是否必备\u200b",
    ]
    yield from both("starred", [starred, *good(12)], 12)
    both_languages = [f"{zh}\n{code}" for zh, code in zip(HEAD, CODES, strict=True)]
    yield from both("zh-and-code-in-a-cell", [both_languages, *good(12)], 12)
    bracketed = [f"{zh}（{en.partition(' (')[0]}）" for zh, en in zip(HEAD, ENGLISH, strict=True)]
    yield from both("zh-and-english-in-a-cell", [bracketed, *good(12)], 12)
    numbered = [f"{n}.{zh}" for n, zh in enumerate(HEAD, 1)]
    yield from both("numbered-names", [numbered, *good(12)], 12)
    quoted = [f"【{zh}】" for zh in HEAD]
    yield from both("bracketed-names", [quoted, *good(12)], 12)
    hinted = [*HEAD[:6], "需求人数（单位：人）", *HEAD[7:]]
    yield from both("unit-said", [hinted, *good(12)], 12)
    colon = [f"{zh}：" for zh in HEAD]
    yield from both("names-with-colons", [colon, *good(12)], 12)
    yield from both("codes-beneath", [list(HEAD), list(CODES), *good(12)], 12)
    yield from both("header-again", [*table(6), list(HEAD), *good(6, 7)], 12)
    yield from both(
        "header-of-another-page", [["用人需求表"], *table(6), [], ["用人需求表（续）"], list(HEAD), *good(6, 7)], 12
    )
    backwards = [list(reversed(row)) for row in table(12)]
    yield from both(
        "backwards", put(backwards, ("E4", "约20")), 11, "NQ-INTEGER E4", verdict="accepted_with_quarantine"
    )
    own = [[*row[:3], f"自用{n}", *row[3:]] for n, row in enumerate(table(12))]
    yield from both("own-column", own, 12, "NQ-HEADER-UNKNOWN D1")
    left = [["", "", *row] for row in table(12)]
    yield from both(
        "empty-columns-left", put(left, ("I5", "若干")), 11, "NQ-INTEGER I5", verdict="accepted_with_quarantine"
    )
    only = [row[:7] for row in table(12)]
    yield from both("required-alone", only, 12)
    yield from both("no-occupation-column", [[*row[:4], *row[5:]] for row in table(12)], 12)
    lacking = [[*row[:6], *row[7:]] for row in table(12)]
    yield from both("column-missing", lacking, 0, "NQ-HEADER-MISSING 1", verdict="rejected")
    twice = [[*row, row[6]] for row in table(12)]
    yield from both("column-twice", twice, 0, "NQ-HEADER-TWICE L1", verdict="rejected")
    wide = [[*row, *([f"列{n}" for n in range(29)] if at == 0 else ["x"] * 29)] for at, row in enumerate(table(12))]
    unknown = [f"NQ-HEADER-UNKNOWN {letter}1" for letter in [*"LMNOPQRSTUVWXYZ", *(f"A{x}" for x in "ABCDEFGHIJKLMN")]]
    yield from both("forty-columns", wide, 12, *unknown)
    yield from both("only-header", [list(HEAD)], 0, "NQ-NO-ROWS 1", verdict="rejected")
    yield from both("header-and-notes", [list(HEAD), ["填表人："]], 0, "NQ-NO-ROWS 1", verdict="rejected")
    yield from both(
        "no-header",
        good(12),
        0,
        *["NQ-HEADER-MISSING 1"] * 6,
        *[f"NQ-HEADER-UNKNOWN {letter}1" for letter in "ABCDEFGHIJK"],
        verdict="rejected",
    )
    yield from both("other-kind", technology(), 0, "NQ-TEMPLATE-KIND 1", verdict="rejected")
    yield from both("other-kind-totals", totals(), 0, "NQ-TEMPLATE-KIND 1", verdict="rejected")
    yield from both("technology", technology(), 6, kind="technology")
    tech = put(
        technology(60),
        ("D3", "投产"),
        ("D4", "中试"),
        ("E5", "Python；SQL"),
        ("E6", "Python、SQL"),
        ("D7", "不清楚"),
        ("E8", ""),
        ("C9", "无"),
        ("F10", "无"),
    )
    yield from both(
        "technology-cells",
        tech,
        57,
        "NQ-LIST-DOUBT E6",
        "NQ-CHOICE D7",
        "NQ-REQUIRED E8",
        "NQ-WORDING C9",
        kind="technology",
        verdict="accepted_with_quarantine",
        values={(3, "stage"): "in_use", (5, "skills"): "python;sql"},
    )
    nil = [list(TECHNOLOGY_HEAD), [ENTERPRISES[0], QUARTER, "零报告", "", "", ""]]
    yield from both("technology-nil", nil, 1, kind="technology")
    tot = put(totals(60), ("D3", "1,0"), ("E4", 99), ("F5", 4), ("D6", 101), ("A7", "gd"), ("C8", "词1"), ("D9", ""))
    yield from both(
        "totals-cells",
        tot,
        0,
        "NQ-INTEGER D3",
        "NQ-EXPOSURE-DIFFERS E4",
        "NQ-MAXIMUM F5",
        "NQ-COUNT-OVER-EXPOSURE D6",
        "NQ-SOURCE-DIFFERS A7",
        "NQ-DUPLICATE C8",
        "NQ-REQUIRED D9",
        kind="totals",
        verdict="rejected",
    )
    yield from both("totals", totals(), 6, kind="totals")


def repeats() -> Iterator[Case]:
    rows = table(60)
    rows.append(list(rows[3]))
    yield from both("duplicate", rows, 60, "NQ-DUPLICATE F62", verdict="accepted_with_quarantine")
    again = table(60)
    again.append(put([list(again[3])], ("G1", 9), ("B1", "2025年第3季度"))[0])
    yield from both("duplicate-otherwise-spelled", again, 60, "NQ-DUPLICATE F62", verdict="accepted_with_quarantine")
    posts = table(12)
    posts.append(put([list(posts[3])], ("I1", "HR-999"))[0])
    yield from both("same-skill-other-post", posts, 13)
    sorry = put(table(12), ("B2", "2025-Q2"))
    yield from both("other-quarter", sorry, 11, "NQ-QUARTER-OTHER B2", verdict="accepted_with_quarantine")
    yield from both(
        "no-quarter-asked", [list(HEAD), *([*row[:1], "2024Q4", *row[2:]] for row in good(6))], 6, quarter=None
    )


CASES = [*above_and_below(), *sums(), *headers(), *repeats()]
