"""The evidence of an alert in paragraphs. What rests on a figure that is not known, or not shown, is left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from ievq_pipeline.domain.text import Text
from ievq_pipeline.web import alert_wording, figures
from ievq_pipeline.web.alert_wording import Alert
from ievq_pipeline.web.wording import WORDS

Values = Mapping[str, Any]


def paragraphs(alert: Alert, shown: Values, evidence: Values, language: str) -> list[str]:
    """What was compared with what, what came of it, and how sure it is. `shown` are the figures shown of the test."""
    of = _totals if alert_wording.is_unmatched(alert) else _panel
    told = list(of(alert, shown, evidence, language))
    test = WORDS["evidence_test"].format(
        p=figures.probability(alert["p"]),
        q=figures.probability(alert["q"]),
        rule=alert["rule_version"],
        vintage=alert["vintage"],
    )
    between = "" if language == "zh" else " "
    return [between.join(sentence[language] for sentence in paragraph) for paragraph in [*told, [test]]]


def _growth(of: Values) -> dict[str, str]:
    return {name: figures.ratio(of[key]) for name, key in (("ratio", "growth"), ("lower", "lower"), ("upper", "upper"))}


def _totals(alert: Alert, shown: Values, evidence: Values, language: str) -> Iterator[list[Text]]:
    growth, ratio = alert["growth"], figures.ratio
    counts = WORDS["evidence_counts"].format(
        window=figures.quarter_span(evidence["window"] or [alert["quarter"]], language),
        observed=figures.count(alert["observed"]),
        expected=figures.count(alert["expected"]),
        ratio=ratio(growth["estimate"]),
        lower=ratio(growth["lower"]),
        upper=ratio(growth["upper"]),
    )
    yield [counts]
    if evidence.get("growth_baseline") is not None and evidence.get("growth_season") is not None:
        baselines = WORDS["evidence_baselines"].format(
            n=len(evidence["baseline"]),
            quarters=figures.quarter_span(evidence["baseline"], language),
            baseline=ratio(evidence["growth_baseline"]),
            seasons=figures.quarter_span(evidence["season_baseline"], language),
            season=ratio(evidence["growth_season"]),
        )
        yield [baselines]
    if evidence.get("growth_on_year") is not None:
        yield [WORDS["evidence_year"].format(year=ratio(evidence["growth_on_year"]))]
    if shown.get("retest"):
        yield [WORDS["evidence_retest"].format(**_growth(shown["retest"]))]


def _panel(alert: Alert, shown: Values, evidence: Values, language: str) -> Iterator[list[Text]]:
    growth = alert["growth"]
    compared = {
        "window": figures.quarter_span(evidence["window"] or [alert["quarter"]], language),
        "baseline": figures.quarter_span(evidence["baseline"], language),
        "ratio": figures.ratio(growth["estimate"]),
        "lower": figures.ratio(growth["lower"]),
        "upper": figures.ratio(growth["upper"]),
    }
    numbers = {name: figures.about(shown[name], language) for name in ("matched", "compared")}
    yield [WORDS["evidence_matched"].format(**numbers)]
    observed, expected = alert["observed"], alert["expected"]
    if observed is None or expected is None:
        yield [WORDS["evidence_panel_bare"].format(**compared)]
    else:
        counts = {"observed": figures.about(observed, language), "expected": figures.about(expected, language)}
        counted = [WORDS["evidence_panel"].format(**compared, **counts)]
        yield (
            counted if _is_quotient(observed, expected, growth["estimate"]) else [*counted, WORDS["evidence_weighted"]]
        )
    raw = shown["raw_growth"]
    yield [
        WORDS["evidence_up"].format(portion=f"{shown['portion_up']:.0%}"),
        WORDS["evidence_without_top"].format(band=figures.band(shown["growth_without_top"], language)),
        WORDS["evidence_raw_hidden"] if raw is None else WORDS["evidence_raw"].format(raw=figures.ratio(raw)),
    ]


def _is_quotient(observed: float, expected: float, growth: float) -> bool:
    """Whether whoever divides the two counts gets the growth, to two digits."""
    return bool(expected) and f"{observed / expected:.2g}" == f"{growth:.2g}"
