"""What offices write into single cells of job demand, and what it is: a value, or a finding."""

from dataclasses import dataclass

from tests.offices import ENTERPRISES

CREDIT = ENTERPRISES[0]


@dataclass(frozen=True)
class Habit:
    """`value` is what the cell means (None: empty), `changed` what it is counted under; or `finding` says what is wrong."""

    column: str
    written: object
    value: object = None
    changed: str = ""
    finding: str = ""


def _of(column: str, *cells: tuple[object, object, str]) -> list[Habit]:
    return [Habit(column, written, value, changed) for written, value, changed in cells]


def _bad(column: str, code: str, *cells: object) -> list[Habit]:
    return [Habit(column, written, finding=code) for written in cells]


Q = "2025-Q3"
QUARTERS = (
    "２０２５年第３季度", "2025Q3", "25-3季度", "2025年三季度", "2025年第三季度", "2025 Q3", "2025q3", "2025年3季度", "2025年Q3", "2025/Q3",
    "2025.Q3", "2025-Q3季度", "Q3 2025", "3Q2025", "2025年度第3季度", "2025-3季度", "2025年第3季", "2025-09-30", "2025/7/1", "2025.8.15",
    "20250930", "2025年9月30日", "2025年7月", "2025年09月份", "2025-08-15 00:00:00", "２０２５－Ｑ３", "2025第三季度", "2025第3季度",
    "2025三季度", "2025年7-9月", "2025年7月-9月", "2025年7月至9月", "2025年7—9月", "2025年7～9月份", "二〇二五年第三季度", "二零二五年三季度",
    "2025-Q03", "2025-09", "2025/09", "2025年 第 3 季度",
)  # fmt: skip

HARMLESS: list[Habit] = [
    *_of(
        "openings",
        ("12", 12, ""), ("12.0", 12, "NQ-N-DECIMALS"), ("12.00", 12, "NQ-N-DECIMALS"), ("1,200", 1200, "NQ-N-SEPARATOR"),
        ("1，200", 1200, "NQ-N-WIDTH"), ("１２", 12, "NQ-N-WIDTH"), ("１，２００", 1200, "NQ-N-WIDTH"), ("1,200.00", 1200, "NQ-N-SEPARATOR"),
        ("+12", 12, ""), (" 12 ", 12, "NQ-N-BLANKS"), ("12\u3000", 12, "NQ-N-BLANKS"), ("\u00a012", 12, "NQ-N-BLANKS"),
        ("12\u200b", 12, "NQ-N-BLANKS"), ("\ufeff12", 12, "NQ-N-BLANKS"), ("12\t", 12, "NQ-N-BLANKS"), ("12\n", 12, "NQ-N-BLANKS"),
        ("0", 0, ""), ("007", 7, ""), ("１２．０", 12, "NQ-N-WIDTH"), ("100000", 100000, ""), ("12\u202f", 12, "NQ-N-BLANKS"),
    ),
    *_of("openings", ("'12", 12, "NQ-N-TEXT-MARK"), ('="12"', 12, "NQ-N-TEXT-MARK")),
    *_of("applicants", ("", None, ""), ("\u3000", None, ""), ("3.0", 3, "NQ-N-DECIMALS"), ("1,000,000", 1000000, "NQ-N-SEPARATOR")),
    *[Habit("quarter", text, Q, "NQ-N-QUARTER") for text in QUARTERS],
    Habit("quarter", " 2025-Q3\u00a0", Q, "NQ-N-BLANKS"),
    *_of(
        "enterprise",
        (CREDIT.lower(), CREDIT, "NQ-N-CODE"), ("91350100 M000100Y43", CREDIT, "NQ-N-CODE"), (f"{CREDIT}\u3000", CREDIT, "NQ-N-BLANKS"),
        (f"\u200b{CREDIT}", CREDIT, "NQ-N-BLANKS"), (f"\t{CREDIT}", CREDIT, "NQ-N-BLANKS"), ("９１３５０１００Ｍ０００１００Ｙ４３", CREDIT, "NQ-N-WIDTH"),
        ("91350100-M000100Y4-3", CREDIT, "NQ-N-CODE"), ("US-Agency：DN", "us-agency:DN", "NQ-N-CODE"), ("us-agency: DN", "us-agency:DN", "NQ-N-CODE"),
        (f"uscc:{CREDIT}", CREDIT, "NQ-N-CODE"), (f"'{CREDIT}", CREDIT, "NQ-N-TEXT-MARK"), (f'="{CREDIT}"', CREDIT, "NQ-N-TEXT-MARK"),
    ),
    *_of(
        "region",
        ("厦门市", "350200", "NQ-N-TITLE"), ("厦门", "350200", "NQ-N-TITLE"), ("福建省厦门市", "350200", "NQ-N-TITLE"),
        ("福建厦门", "350200", "NQ-N-TITLE"), ("思明区", "350203", "NQ-N-TITLE"), ("福建省厦门市思明区", "350203", "NQ-N-TITLE"),
        ("福建省/厦门市", "350200", "NQ-N-TITLE"), ("福建省 厦门市", "350200", "NQ-N-TITLE"), ("北京市朝阳区", "110105", "NQ-N-TITLE"),
        ("350200000000", "350200", "NQ-N-CODE"), ("350200.0", "350200", "NQ-N-CODE"), ("３５０２００", "350200", "NQ-N-WIDTH"),
        ("350200 厦门市", "350200", "NQ-N-CODE"), ("厦门市（350200）", "350200", "NQ-N-CODE"), ("110103", "110101", "NQ-N-CODE-MOVED"),
        ("us-state:CA", "us-state:CA", ""), ("unknown", "unknown", ""), ("remote", "remote", ""), ("厦门 市", "350200", "NQ-N-TITLE"),
        ("福建省-厦门市", "350200", "NQ-N-TITLE"), ("北京", "110000", "NQ-N-TITLE"), ("中国福建省厦门市", "350200", "NQ-N-TITLE"),
        ("北京市北京市朝阳区", "110105", "NQ-N-TITLE"), ("北京市市辖区朝阳区", "110105", "NQ-N-TITLE"), ("福建省，厦门市", "350200", "NQ-N-TITLE"),
        ("福建省·厦门市", "350200", "NQ-N-TITLE"),
    ),
    *_of(
        "industry",
        ("C39", "39", "NQ-N-CODE"), ("c39", "39", "NQ-N-CODE"), ("39.0", "39", "NQ-N-CODE"), ("３９", "39", "NQ-N-WIDTH"),
        ("制造业", "C", "NQ-N-TITLE"), ("计算机、通信和其他电子设备制造业", "39", "NQ-N-TITLE"), ("C 39", "39", "NQ-N-CODE"), ("I", "I", ""),
        ("C-制造业", "C", "NQ-N-CODE"), ("39 计算机、通信和其他电子设备制造业", "39", "NQ-N-CODE"), ("计算机,通信和其他电子设备制造业", "39", "NQ-N-TITLE"),
    ),
    *_of(
        "occupation",
        ("", None, ""), ("２－０２－１０－０３", "2-02-10-03", "NQ-N-WIDTH"), ("2—02—10—03", "2-02-10-03", "NQ-N-CODE"), ("2－02－10－03", "2-02-10-03", "NQ-N-WIDTH"),
        ("2021003", "2-02-10-03", "NQ-N-CODE"), ("soc:15-1252", "soc:15-1252", ""), ("无", None, "NQ-N-NOTHING"), ("/", None, "NQ-N-NOTHING"),
        ("—", None, "NQ-N-NOTHING"), ("-", None, "NQ-N-NOTHING"), ("——", None, "NQ-N-NOTHING"), ("N/A", None, "NQ-N-NOTHING"),
    ),
    *_of(
        "skill",
        ("Python ", "python", "NQ-N-BLANKS"), ("Ｐｙｔｈｏｎ", "python", "NQ-N-SKILL"), ("python", "python", ""), ("K8S", "kubernetes", "NQ-N-SKILL"),
        ("C++", "c-plus-plus", "NQ-N-SKILL"), ("某项（特殊）工艺", "某项(特殊)工艺", "NQ-N-WORDING"), ("A/B测试平台维护", "A/B测试平台维护", ""),
        ("「引号」'技能'", "「引号」'技能'", ""), ("技能😀表情", "技能😀表情", ""), ("𠮷野家工艺", "𠮷野家工艺", ""), ("某项\n工艺", "某项 工艺", "NQ-N-WORDING"),
        ('="Python"', "python", "NQ-N-TEXT-MARK"), ("含,逗号的工艺", "含,逗号的工艺", ""), ('含"引号"的工艺', '含"引号"的工艺', ""), ("㐂䶮工艺", "㐂䶮工艺", ""),
    ),
    *_of("post_ref", ("", None, ""), (" HR-1 ", "HR-1", "NQ-N-BLANKS"), ("无", None, "NQ-N-NOTHING"), ("/", None, "NQ-N-NOTHING"), ("-1", "-1", "")),
    *_of(
        "tier",
        ("1", "1", ""), ("１", "1", "NQ-N-CHOICE"), ("2.0", "2", "NQ-N-CHOICE"), ("第3层", "3", "NQ-N-CHOICE"),
        ("", None, ""), ("/", None, "NQ-N-NOTHING"), ("第一层", "1", "NQ-N-CHOICE"),
    ),
    *_of(
        "is_required",
        ("是", "yes", "NQ-N-CHOICE"), ("否", "no", "NQ-N-CHOICE"), ("√", "yes", "NQ-N-CHOICE"), ("×", "no", "NQ-N-CHOICE"), ("Y", "yes", "NQ-N-CHOICE"),
        ("n", "no", "NQ-N-CHOICE"), ("✓", "yes", "NQ-N-CHOICE"), ("✔", "yes", "NQ-N-CHOICE"), ("✗", "no", "NQ-N-CHOICE"), ("True", "yes", "NQ-N-CHOICE"),
        ("Ｙ", "yes", "NQ-N-CHOICE"), ("优先", "no", "NQ-N-CHOICE"), ("—", None, "NQ-N-NOTHING"), (" 是 ", "yes", "NQ-N-BLANKS"),
    ),
]  # fmt: skip

FAULTY: list[Habit] = [
    *_bad(
        "openings", "NQ-INTEGER", "12人", "12名", "约20", "10-15", "10~15", "1e3", "1E+03", "12%", "1.5", "十二", "若干", "1 200", "12,00", "1,2000",
        "12以上", "≥12", "-", "—", "/", "无", "#REF!", "10²", "1/2", "2025-09-12", "0x10", "NaN", "∞", "12.", "１２人", "不限",
    ),
    *_bad("openings", "NQ-REQUIRED", "", " ", "\u3000\u00a0", "\u200b"),
    *_bad("openings", "NQ-MINIMUM", "-5", "－5", "-1,200"),
    *_bad("openings", "NQ-MAXIMUM", "100001", "13800138000", "9" * 30),
    *_bad("applicants", "NQ-INTEGER", "约30", "3.5", "无", "-", "/", "30余人"),
    *_bad("quarter", "NQ-QUARTER", "三季度", "第3季度", "2025-Q5", "2025", "2025年", "2025-3", "2025年3", "去年三季度", "2025年1-9月", "7-9月", "#N/A", "2025-13-01", "202503", "25Q3?"),
    *_bad("quarter", "NQ-QUARTER-OTHER", "2025-Q2", "2025年第2季度", "2025-06-30", "2024Q3", "2025年10月"),
    *_bad("quarter", "NQ-REQUIRED", "", "\u3000"),
    *_bad("enterprise", "NQ-CREDIT-CODE", "91350100M000100Y44", "91350100M000100Y4", "9I350100M000100Y43", "9135O100M000100Y43", "9.1350100M+17", "某某有限公司", "无", "—", "350100100012345", f"{CREDIT}等"),
    *_bad("enterprise", "NQ-REQUIRED", "", " "),
    *_bad("enterprise", "NQ-SCHEME", "统一社会信用代码：91350100M000100Y43", "us-agency:", ":DN"),
    *_bad("region", "NQ-TITLE-AMBIGUOUS", "鼓楼区", "朝阳区"),
    *_bad("region", "NQ-TITLE-UNKNOWN", "全国各地", "厦们市", "无"),
    *_bad("region", "NQ-CODE-UNKNOWN", "350299", "999999"),
    *_bad("region", "NQ-CODE", "3502", "35020", "/", "—", "?"),
    *_bad("region", "NQ-REQUIRED", ""),
    *_bad("industry", "NQ-CODE-UNKNOWN", "99", "0000"),
    *_bad("industry", "NQ-TITLE-UNKNOWN", "高科技行业"),
    *_bad("industry", "NQ-CODE", "I39", "3", "-"),
    *_bad("industry", "NQ-REQUIRED", ""),
    *_bad("skill", "NQ-REQUIRED", "", "\u3000"),
    *_bad("skill", "NQ-WORDING", "—", "/", "？？", "#REF!", "#N/A", "…", "无", "暂无", "小计", "N/A"),
    *_bad("skill", "NQ-SEVERAL", "Python、SQL", "Python；SQL", "Python,SQL，Kubernetes", "Python\nSQL"),
    *_bad("skill", "NQ-TEXT-LONG", "长" * 201),
    *_bad("tier", "NQ-CHOICE", "4", "四级", "0", "1-2", "一级", "初级", "高级", "高级工", "专家"),
    *_bad("is_required", "NQ-CHOICE", "看情况", "是/否", "2", "?", "X"),
]  # fmt: skip
