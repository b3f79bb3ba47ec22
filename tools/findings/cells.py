"""Faults of single cells, what is changed in them without doubt, and good files in many spellings."""

from tools.findings.sample import ENTERPRISE, OTHER, ROWS, Sample, changed, in_a_cell, table

SAMPLES = (
    in_a_cell("NQ-REQUIRED", "job-demand", "openings", "", "0", "12"),
    in_a_cell("NQ-INTEGER", "job-demand", "openings", "约20", "20", "１，２００", "1,200", "12.0", " 7 "),
    in_a_cell("NQ-MINIMUM", "job-demand", "openings", "-3", "0"),
    in_a_cell("NQ-MAXIMUM", "job-demand", "openings", "1200000", "100000"),
    in_a_cell("NQ-QUARTER", "job-demand", "quarter", "2025年度", "2025年第3季度", "2025Q3", "２０２５-Q3"),
    in_a_cell("NQ-QUARTER-OTHER", "job-demand", "quarter", "2025-Q2", "2025年三季度"),
    in_a_cell("NQ-TEXT-LONG", "job-demand", "post_ref", "岗" * 101, "岗" * 100),
    in_a_cell("NQ-CREDIT-CODE", "job-demand", "enterprise", "91350100M000100Y44", ENTERPRISE, ENTERPRISE.lower(), OTHER),
    in_a_cell("NQ-SCHEME", "job-demand", "enterprise", "us-agency:", OTHER, "isic:2620"),
    in_a_cell("NQ-CODE", "job-demand", "region", "35020", "350200", "unknown", "us-state:CA"),
    in_a_cell("NQ-CODE-UNKNOWN", "job-demand", "region", "350299", "350200", "350203 思明区", "厦门市", "us-state:CA"),
    in_a_cell("NQ-CODE-ENDED", "job-demand", "region", "654100", "654000", "350200"),
    in_a_cell("NQ-TITLE-AMBIGUOUS", "job-demand", "region", "朝阳区", "北京市朝阳区", "厦门市", "350200 厦门市"),
    in_a_cell("NQ-TITLE-UNKNOWN", "job-demand", "region", "厦门湾", "厦门市", "厦门"),
    in_a_cell("NQ-N-TITLE", "job-demand", "region", "厦门市", "350200", "350200 厦门市"),
    in_a_cell("NQ-N-CODE-MOVED", "job-demand", "region", "110103", "350200"),
    in_a_cell("NQ-CHOICE", "job-demand", "tier", "很高", "2", "第2层", "2.0", ""),
    in_a_cell("NQ-WORDING", "job-demand", "skill", "？？", "C", "新的技能", "机器学习"),
    in_a_cell("NQ-WORDING-NEW", "job-demand", "skill", "PyTorch/TensorFlow", "PyTorch", "新的技能"),
    in_a_cell("NQ-SEVERAL", "job-demand", "skill", "Python、SQL", "Python", "计算机、通信设备装调"),
    in_a_cell("NQ-N-NOTHING", "job-demand", "occupation", "无", "", "2-02-10-03"),
    in_a_cell("NQ-N-TEXT-MARK", "job-demand", "enterprise", f"'{ENTERPRISE}", ENTERPRISE),
    in_a_cell("NQ-NOTE-LONG", "technology", "note", "记" * 2_001, "记" * 2_000),
    in_a_cell("NQ-LIST-DOUBT", "technology", "skills", "Python、SQL", "Python；SQL", "Python", "Python; SQL"),
    in_a_cell("NQ-N-BLANKS", "job-demand", "openings", " 12\u3000", "12"),
    in_a_cell("NQ-N-WIDTH", "job-demand", "openings", "１２", "12"),
    in_a_cell("NQ-N-SEPARATOR", "job-demand", "openings", "1,200", "1200"),
    in_a_cell("NQ-N-DECIMALS", "job-demand", "openings", "12.0", "12"),
    in_a_cell("NQ-N-QUARTER", "job-demand", "quarter", "2025年第3季度", "2025-Q3"),
    in_a_cell("NQ-N-CODE", "job-demand", "enterprise", ENTERPRISE.lower(), ENTERPRISE),
    in_a_cell("NQ-N-CHOICE", "job-demand", "is_required", "是", "yes"),
    in_a_cell("NQ-N-SKILL", "job-demand", "skill", "Golang", "go"),
    in_a_cell("NQ-N-WORDING", "job-demand", "skill", "新的　技能", "新的技能"),
    in_a_cell("NQ-N-LIST", "technology", "skills", "python；sql", "python;sql"),
    Sample(
        "NQ-N-MARKER", "job-demand",
        changed("job-demand", {"enterprise": "us-agency:X", "region": "", "industry": "", "skill": "零报告", "openings": ""}),
        (table("job-demand"),),
    ),
    in_a_cell("NQ-DATE", "roster", "holds_from", "去年七月", "2025-07-01", "2025年7月1日", ""),
    in_a_cell("NQ-N-DATE", "roster", "holds_from", "2025年7月1日", "2025-07-01"),
)  # fmt: skip

#: kinds with good files
GOOD = tuple((kind, table(kind)) for kind in ROWS)
