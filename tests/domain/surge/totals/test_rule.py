"""Severities: their order, and what each asks for."""

import pytest

from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE


def test_severities_are_ordered_by_strength_and_not_by_the_alphabet() -> None:
    assert sorted([Severity.CRITICAL, Severity.WATCH, Severity.STRONG, Severity.SURGE]) == list(Severity)
    assert Severity.CRITICAL > Severity.SURGE
    assert max(Severity.WATCH, Severity.STRONG) is Severity.STRONG


@pytest.mark.parametrize(
    ("growth", "lower", "severity"),
    [
        (1.19, 1.1, None),
        (1.25, 0.99, None),
        (1.25, 1.0, Severity.WATCH),
        (1.5, 1.09, Severity.WATCH),
        (1.5, 1.1, Severity.SURGE),
        (1.6, 1.2, Severity.STRONG),
        (3.0, 1.3, Severity.STRONG),
        (2.0, 1.4, Severity.CRITICAL),
    ],
)
def test_a_severity_needs_its_growth_and_its_lower_bound(
    growth: float, lower: float, severity: Severity | None
) -> None:
    assert TOTALS_RULE.severity(growth, lower) == severity
