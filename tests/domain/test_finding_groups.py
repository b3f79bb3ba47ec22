"""Findings grouped for people, and worded in one language as they are in both."""

from ievq_pipeline.domain import finding_groups
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.finding_groups import grouped
from ievq_pipeline.domain.finding_words import FindingWords

severity = FindingWords(JOB_DEMAND, "zh").severity


def test_what_must_be_mended_comes_first_then_what_stands_most_often() -> None:
    found = [Finding("NQ-HEADER-UNKNOWN", 1, None, at, f"x{at}") for at in (8, 9)]
    found += [Finding("NQ-INTEGER", row, "openings", 5, "约20" if row % 3 else "若干") for row in range(2, 32)]
    found += [Finding("NQ-CODE", 2, "region", 2, "?"), Finding("NQ-MEMBERS-GONE", value="us:DN")]
    groups = grouped(iter(found), severity)
    assert [(group.code, group.column, group.position, group.count) for group in groups] == [
        ("NQ-INTEGER", "openings", 5, 30), ("NQ-CODE", "region", 2, 1), ("NQ-MEMBERS-GONE", None, None, 1),
        ("NQ-HEADER-UNKNOWN", None, 8, 1), ("NQ-HEADER-UNKNOWN", None, 9, 1),
    ]  # fmt: skip
    assert [group.severity for group in groups[2:4]] == [Severity.SOFT, Severity.INFO]
    first = groups[0]
    assert [(value, seen.count, seen.first[0].cell) for value, seen in first.commonest] == [
        ("约20", 20, "F2"), ("若干", 10, "F3"),
    ]  # fmt: skip
    assert [finding.row for finding in first.first] == [2, 3, 4, 5, 6]


def test_a_group_of_many_values_stays_small() -> None:
    found = (Finding("NQ-INTEGER", row, "openings", 5, f"x{row}") for row in range(5_000))
    (group,) = grouped(found, severity)
    assert group.count == 5_000
    assert len(group.values) == finding_groups.MOST_VALUES


def test_one_language_says_what_both_say() -> None:
    found = [
        Finding("NQ-INTEGER", 7, "openings", 5, "约{x}"), Finding("NQ-MAXIMUM", 7, "openings", 5, "9999999"),
        Finding("NQ-REQUIRED", 7, "skill", 4), Finding("NQ-FILE-EMPTY"), Finding("NQ-HEADER-MISSING", 1, "region"),
        Finding("NQ-QUARTER-OTHER", 2, "quarter", 1, "2025-Q2", {"quarter": "2025-Q3"}),
    ]  # fmt: skip
    for language in ("zh", "en"):
        words = FindingWords(JOB_DEMAND, language)
        for one in found:
            both = one.as_json(JOB_DEMAND)
            said = {"message": both["message"][language], "remedy": both["remedy"][language]}  # type: ignore[index]
            assert {"message": words.message(one), "remedy": words.remedy(one)} == said
            assert words.severity(one) == both["severity"]
