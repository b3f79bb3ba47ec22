"""The rules of a contract as expectations, in plain data: each rule checked by both, for each of its columns.

Those who read them find the columns in `suite_tables.py`. What an expectation does not say, its columns do.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.codes import PATTERNS
from ievq_pipeline.domain.contracts.model import SCHEME, CheckedBy, Contract, Field, FieldType, Severity
from ievq_pipeline.domain.contracts.panel import NIL, TOTAL
from ievq_pipeline.domain.skill import NO_NAMES

#: the column that a rule is about, the type of expectation, and what that asks for
Expected = tuple[str, str, dict[str, Any]]
SEVERITIES = {Severity.HARD: "critical", Severity.SOFT: "warning", Severity.INFO: "info"}
NOT_NULL, NULL = "expect_column_values_to_not_be_null", "expect_column_values_to_be_null"
BETWEEN, LENGTHS = "expect_column_values_to_be_between", "expect_column_value_lengths_to_be_between"
MATCH, NO_MATCH = "expect_column_values_to_match_regex", "expect_column_values_to_not_match_regex"
IN_SET, UNIQUE = "expect_column_values_to_be_in_set", "expect_compound_columns_to_be_unique"
PAIR_EQUAL, PAIR_ORDER = "expect_column_pair_values_to_be_equal", "expect_column_pair_values_a_to_be_greater_than_b"


def expectations(contract: Contract) -> Iterator[dict[str, Any]]:
    """In the order of the contract's rules and fields."""
    for rule in contract.rules:
        if rule.checked_by is CheckedBy.BOTH:
            for column, kind, kwargs in COMPILED[rule.code](contract):
                yield {
                    "type": kind,
                    "kwargs": kwargs,
                    "meta": {"rule": rule.code, "column": column},
                    "severity": SEVERITIES[rule.severity],
                }


def _where(*comparisons: tuple[str, str, object]) -> dict[str, Any]:
    """Which rows the expectation is about: those for which every comparison of (column, operator, parameter) holds."""
    conditions = [
        {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}
        for column, operator, parameter in comparisons
    ]
    return {"row_condition": conditions[0] if len(conditions) == 1 else {"type": "and", "conditions": conditions}}


def _pair(a: str, b: str, **more: object) -> dict[str, Any]:
    return {"column_A": a, "column_B": b, "ignore_row_if": "either_value_is_missing", **more}


def _coded(contract: Contract) -> list[Field]:
    return [f for f in contract.fields if f.scheme]


def _required(contract: Contract) -> Iterator[Expected]:
    """Zero reports and totals rows may leave some cells empty; what a feed does not know is not empty in full."""
    named = contract.subject[-1]
    for f in contract.fields:
        if f.required:
            markers = [marker.code for marker in contract.markers if f.code in marker.may_be_empty]
            condition = _where((named, "NOT_IN", markers)) if markers else {}
            yield f.code, NOT_NULL, {"column": f"{f.code}_in_full" if f.scheme else f.code, **condition}


def _limit(side: str) -> Callable[[Contract], Iterator[Expected]]:
    def compiled(contract: Contract) -> Iterator[Expected]:
        for f in contract.fields:
            limit = getattr(f, side)
            if f.type is FieldType.INTEGER and limit is not None:
                yield f.code, BETWEEN, {"column": f.code, f"{side[:3]}_value": limit}

    return compiled


def _lengths(*, of_notes: bool) -> Callable[[Contract], Iterator[Expected]]:
    def compiled(contract: Contract) -> Iterator[Expected]:
        for f in contract.fields:
            if f.maximum is not None and f.type is not FieldType.INTEGER and (f.type is FieldType.TEXT) is of_notes:
                yield f.code, LENGTHS, {"column": f.code, "max_value": f.maximum}

    return compiled


def _quarter(contract: Contract) -> Iterator[Expected]:
    for f in contract.fields:
        if f.type is FieldType.QUARTER:
            yield f.code, MATCH, {"column": f.code, "regex": r"^[12][0-9]{3}-Q[1-4]\Z"}


def _quarter_other(contract: Contract) -> Iterator[Expected]:
    for f in contract.fields:
        if f.type is FieldType.QUARTER:
            yield f.code, PAIR_EQUAL, _pair(f.code, "quarter_expected")


def _scheme(contract: Contract) -> Iterator[Expected]:
    for f in _coded(contract):
        yield f.code, MATCH, {"column": f"{f.code}_in_full", "regex": rf"^{SCHEME.pattern}:[\s\S]"}


def _code(contract: Contract) -> Iterator[Expected]:
    """No code of a known scheme that has not its shape; of other schemes nothing is known."""
    shapes = "|".join(_without_shape(scheme) for scheme in PATTERNS if scheme != "uscc")
    for f in _coded(contract):
        yield f.code, NO_MATCH, {"column": f"{f.code}_in_full", "regex": f"^(?:{shapes})"}


def _without_shape(scheme: str) -> str:
    return rf"{scheme}:(?!(?:{PATTERNS[scheme]})\Z)"


def _credit_code(contract: Contract) -> Iterator[Expected]:
    """First the shape, then, of those that have it, the character that checks the others."""
    for f in _coded(contract):
        yield f.code, NO_MATCH, {"column": f"{f.code}_in_full", "regex": f"^{_without_shape('uscc')}"}
        yield f.code, IN_SET, {"column": f"{f.code}_credit_rest", "value_set": [0]}


def _choice(contract: Contract) -> Iterator[Expected]:
    for f in contract.fields:
        if f.choices:
            yield f.code, IN_SET, {"column": f.code, "value_set": [choice.code for choice in f.choices]}


def _wording(contract: Contract) -> Iterator[Expected]:
    """In each name that has to be one a letter or digit, no lost character, no failed formula, no placeholder."""
    lists = contract.list_versions(code_lists.versions())
    no_names = "|".join(map(re.escape, sorted(NO_NAMES)))
    for f in contract.fields:
        if f.type is FieldType.WORDING and (f.code_list in lists or (f.required and not f.code_list)):
            inside, end = ("[^;\ufffd]", r"(?:;|\Z)") if f.is_list else ("[^\ufffd]", r"\Z")
            name = rf"(?!(?i:{no_names}){end})(?={inside}*[^\W_]){inside}+"
            yield f.code, MATCH, {"column": f.code, "regex": rf"^{name}(?:;{name})*\Z" if f.is_list else rf"^{name}\Z"}


def _duplicate(contract: Contract) -> Iterator[Expected]:
    """A total that stands twice has a rule of its own. A file of one source repeats by name alone."""
    named = contract.subject[-1]
    key = contract.key if contract.has_reporters else contract.subject
    others = _where((named, "!=", TOTAL)) if TOTAL in {marker.code for marker in contract.markers} else {}
    yield named, UNIQUE, {"column_list": ["submission", *key], **others}


def _total_twice(contract: Contract) -> Iterator[Expected]:
    named = contract.subject[-1]
    yield named, UNIQUE, {"column_list": ["submission", "enterprise", "quarter"], **_where((named, "==", TOTAL))}


def _zero_counted(contract: Contract) -> Iterator[Expected]:
    is_zero, is_readable = (contract.subject[-1], "==", NIL), ("openings", "<=", contract.field("openings").maximum)
    yield "openings", BETWEEN, {"column": "openings", "max_value": 0, **_where(is_zero, is_readable)}


def _total_region(contract: Contract) -> Iterator[Expected]:
    yield "region", NULL, {"column": "region", **_where((contract.subject[-1], "==", TOTAL))}


def _zero_beside(contract: Contract) -> Iterator[Expected]:
    yield contract.subject[-1], BETWEEN, {"column": "rows_beside", "max_value": 0}


def _total_below(contract: Contract) -> Iterator[Expected]:
    is_readable = _where(("openings", ">=", contract.field("openings").minimum))
    yield "openings", PAIR_ORDER, _pair("openings", "largest", or_equal=True, **is_readable)


def _count_over_exposure(contract: Contract) -> Iterator[Expected]:
    """Numbers that are out of their own limits are compared with nothing."""
    is_readable = _where(
        ("exposure", ">=", contract.field("exposure").minimum), ("count", "<=", contract.field("count").maximum)
    )
    yield "count", PAIR_ORDER, _pair("exposure", "count", or_equal=True, **is_readable)


def _exposure_differs(contract: Contract) -> Iterator[Expected]:
    exposure = contract.field("exposure")
    is_readable = _where(("exposure", ">=", exposure.minimum), ("exposure", "<=", exposure.maximum))
    yield "exposure", PAIR_EQUAL, _pair("exposure", "exposure_usual", **is_readable)


def _source_other(_contract: Contract) -> Iterator[Expected]:
    yield "source", PAIR_EQUAL, _pair("source", "source_expected")


#: every rule that is checked by both
COMPILED: dict[str, Callable[[Contract], Iterator[Expected]]] = {
    "NQ-REQUIRED": _required,
    "NQ-MINIMUM": _limit("minimum"),
    "NQ-MAXIMUM": _limit("maximum"),
    "NQ-QUARTER": _quarter,
    "NQ-QUARTER-OTHER": _quarter_other,
    "NQ-TEXT-LONG": _lengths(of_notes=False),
    "NQ-NOTE-LONG": _lengths(of_notes=True),
    "NQ-CREDIT-CODE": _credit_code,
    "NQ-SCHEME": _scheme,
    "NQ-CODE": _code,
    "NQ-CHOICE": _choice,
    "NQ-WORDING": _wording,
    "NQ-ZERO-COUNTED": _zero_counted,
    "NQ-TOTAL-REGION": _total_region,
    "NQ-TOTAL-TWICE": _total_twice,
    "NQ-TOTAL-BELOW": _total_below,
    "NQ-DUPLICATE": _duplicate,
    "NQ-ZERO-BESIDE-ROWS": _zero_beside,
    "NQ-COUNT-OVER-EXPOSURE": _count_over_exposure,
    "NQ-EXPOSURE-DIFFERS": _exposure_differs,
    "NQ-SOURCE-OTHER": _source_other,
}
