"""Faults of what the operator brings in: registers of organisations and rosters, most of them against what is known."""

from ievq_pipeline.adapters.checks import Expected
from ievq_pipeline.domain.finding import Finding
from tools.findings.sample import ROWS, Sample, Stated, changed, table

NO_QUARTER = Expected()
BY_DOMAIN = "tests/domain/test_enrolment.py"
(FIRST,) = ROWS["organisations"]
WITH_ORIGIN = {**FIRST, "succeeds": "us-agency:OLD", "succession": "merger", "happened_on": "2025-07-01"}


def _stated(code: str, kind: str, column: str, value: str, proven_in: str = BY_DOMAIN, **more: object) -> Stated:
    return Stated(kind, Finding(code, 2, column, 0, value, dict(more)), proven_in)


SMALL, MEDIUM = {"known_zh": "小型", "known_en": "small"}, {"given_zh": "中型", "given_en": "medium"}
DAY = {"since_zh": "2025-07-01", "since_en": "2025-07-01"}
SAMPLES = (
    Sample("NQ-DATES-REVERSED", "roster", changed("roster", holds_to="2025-06-30"),
           (changed("roster", holds_to="2025-07-01"), table("roster")), NO_QUARTER),
    Sample("NQ-SUCCESSION-PARTIAL", "organisations",
           table("organisations", [{**WITH_ORIGIN, "happened_on": ""}], list(WITH_ORIGIN)),
           (table("organisations", [WITH_ORIGIN], list(WITH_ORIGIN)),), NO_QUARTER),
)  # fmt: skip
STATED = (
    _stated("NQ-IDENTIFIER-TAKEN", "organisations", "identifier", "us-agency:DN", other="us-agency:OLD"),
    _stated("NQ-ENDED", "organisations", "identifier", "us-agency:DN", ended="2025-06-30"),
    _stated("NQ-KIND-DIFFERS", "organisations", "kind", "行业协会", known_zh="企业", known_en="enterprise", given_zh="行业协会", given_en="association"),
    _stated("NQ-CHANGE-UNDATED", "organisations", "scale", "中型", **SMALL, **MEDIUM),
    _stated("NQ-HISTORY-DIFFERS", "organisations", "scale", "中型", **SMALL, **MEDIUM, **DAY),
    _stated("NQ-DATES-OVERLAP", "organisations", "scale", "中型", **SMALL, **MEDIUM, until="2025-12-31"),
    _stated("NQ-ASSOCIATION", "organisations", "association", "us-agency:A"),
    _stated("NQ-ASSOCIATION-FEED", "organisations", "association", "us-agency:A"),
    _stated("NQ-SUCCEEDS-UNKNOWN", "organisations", "succeeds", "us-agency:OLD"),
    _stated("NQ-SUCCESSION-IMPOSSIBLE", "organisations", "succeeds", "us-agency:OLD"),
    _stated("NQ-SUCCESSION-DIFFERS", "organisations", "succeeds", "us-agency:OLD", known_zh="合并", known_en="merger", **DAY),
    _stated("NQ-ORGANISATION-UNKNOWN", "roster", "enterprise", "us-agency:DN"),
    _stated("NQ-ROSTER-DIFFERS", "roster", "enterprise", "us-agency:DN"),
)  # fmt: skip
