"""Faults of rows, and of rows against each other; and what only shows against what is stored."""

from ievq_pipeline.adapters.checks import Expected
from ievq_pipeline.domain.contracts.panel import MEMBERS_GONE, OVERLAP
from ievq_pipeline.domain.contracts.rules import SUITE
from ievq_pipeline.domain.contracts.soft_rules import FILED_BY_OTHERS, JUMP, PEERS, SKILL_NEW
from ievq_pipeline.domain.finding import Finding
from tools.findings.sample import OTHER, QUARTER, ROWS, Sample, Stated, changed, in_a_cell, table

NIL = {"enterprise": "us-agency:X", "region": "", "industry": "", "occupation": "", "skill": "零报告", "openings": ""}
TOTAL = {"region": "", "industry": "", "skill": "合计", "openings": "40", "post_ref": ""}
SAMPLES = (
    Sample("NQ-ZERO-COUNTED", "job-demand", changed("job-demand", {**NIL, "openings": "5"}),
           (changed("job-demand", NIL), changed("job-demand", {**NIL, "openings": "0"}))),
    Sample("NQ-TOTAL-REGION", "job-demand", changed("job-demand", {**TOTAL, "region": "350200"}),
           (changed("job-demand", TOTAL),)),
    Sample("NQ-ZERO-BESIDE-ROWS", "job-demand", changed("job-demand", {**NIL, "enterprise": OTHER}),
           (changed("job-demand", NIL),)),
    Sample("NQ-TOTAL-TWICE", "job-demand", changed("job-demand", TOTAL, {**TOTAL, "openings": "41"}),
           (changed("job-demand", TOTAL, {**TOTAL, "enterprise": OTHER}),)),
    Sample("NQ-TOTAL-BELOW", "job-demand", changed("job-demand", {**TOTAL, "openings": "11"}),
           (changed("job-demand", {**TOTAL, "openings": "12"}),)),
    Sample("NQ-DUPLICATE", "job-demand", changed("job-demand", {"skill": "Machine learning"}),
           (changed("job-demand", {"skill": "Go"}), changed("job-demand", {"region": "350100"}))),
    Sample("NQ-TOTAL-ABOVE", "job-demand", changed("job-demand", {**TOTAL, "openings": "400"}),
           (changed("job-demand", TOTAL), changed("job-demand", {**TOTAL, "openings": "59"}),
            changed("job-demand", {"skill": "Go", "openings": "70"}, {**TOTAL, "openings": "400"}))),
    Sample("NQ-SUM-DIFFERS", "job-demand", table("job-demand") + "合计,,,,,,51\n".encode(),
           (table("job-demand") + "合计,,,,,,15\n".encode(), table("job-demand") + "总计：,,,,,,15,30\n制表人：某某,,,,,,\n".encode(),
            changed("job-demand", TOTAL))),
    Sample("NQ-N-SUM", "job-demand", table("job-demand") + "合计,,,,,,15\n".encode(), (changed("job-demand", TOTAL),)),
    in_a_cell("NQ-COUNT-OVER-EXPOSURE", "totals", "count", "2315", "2314", "0"),
    Sample("NQ-SOURCE-DIFFERS", "totals", changed("totals", source="other"), (table("totals"),)),
    Sample("NQ-SOURCE-OTHER", "totals", table("totals"), (table("totals", [{**row, "source": "mine"} for row in ROWS["totals"]]),), Expected(QUARTER, "mine")),
    in_a_cell("NQ-EXPOSURE-DIFFERS", "totals", "exposure", "2300", "2314"),
)  # fmt: skip

STATED = (
    Stated("job-demand", Finding(MEMBERS_GONE, None, "enterprise", value=OTHER), "tests/stages/test_confirm.py"),
    Stated(
        "job-demand",
        Finding(JUMP, 2, "openings", 6, "900", {"skill": "kubernetes", "now": 900, "before": 12, "quarter": "2025-Q2"}),
        "tests/stages/test_soft.py",
    ),
    Stated("job-demand", Finding(SKILL_NEW, 2, "skill", 5, "量子编织"), "tests/stages/test_soft.py"),
    Stated(
        "job-demand",
        Finding(PEERS, 2, "openings", 6, "60000", {"skill": "kubernetes", "peers": 9, "largest": 40}),
        "tests/stages/test_soft.py",
    ),
    Stated("job-demand", Finding(FILED_BY_OTHERS, 2, "enterprise", 0, OTHER), "tests/stages/test_soft.py"),
    Stated("job-demand", Finding(OVERLAP, value=OTHER), "tests/stages/test_confirm.py"),
    Stated("job-demand", Finding(SUITE, value="unique: 2 rows"), "tests/stages/test_examine.py"),
)
