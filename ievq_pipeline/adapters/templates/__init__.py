"""Templates: an empty file of a feed, made from its contract, that an office fills in without reading the contract."""

from collections.abc import Iterable, Mapping
from typing import Any

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.templates import keys
from ievq_pipeline.adapters.templates.twin import csv_twin
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.template import FeedFacts, Order, Reporter
from ievq_pipeline.domain.text import Text

#: keys that a workbook takes: more would cost the server memory; the CSV takes all
MOST_KEYS = 20_000
TOO_MANY = Text(
    f"上季度的条目超过 {MOST_KEYS:,} 条，请改用 CSV 模板", f"more than {MOST_KEYS:,} entries: take the CSV template"
)


def xlsx(order: Order) -> bytes:
    """The template as a workbook with the package's code lists. Raises BadCall for more keys than it takes."""
    from ievq_pipeline.adapters.templates.workbook import workbook

    if len(order.keys) > MOST_KEYS:
        raise BadCall(why=TOO_MANY)
    return workbook(order, documents(order.contract))


def made(order: Order, *, is_csv: bool) -> bytes:
    """The template as CSV or as a workbook. Raises BadCall for more keys than a workbook takes."""
    return csv_twin(order) if is_csv else xlsx(order)


def documents(rules: Contract) -> dict[str, Any]:
    """The code lists that a contract names, as far as they are here."""
    named = dict.fromkeys(f.code_list for f in rules.fields if f.code_list)
    return {name: code_lists.document(name) for name in named if name in code_lists.about()}


def of_feed(
    facts: FeedFacts, quarter: str, language: str, stored: Iterable[Mapping[str, Any]] = (), *, is_csv: bool = False
) -> bytes:
    """The template of a feed; `stored` are its keys of the quarter before. Raises BadCall for too many of them."""
    rules = contract(facts.kind).with_schemes(facts.schemes)
    identifier = next(f for f in rules.fields if f.type is FieldType.IDENTIFIER)
    order = Order(
        rules,
        quarter,
        language,
        facts.code,
        facts.organisation,
        facts.organisation_title,
        keys=list(keys.rows(stored, rules, language, code_lists.shipped())),
        reporters=[Reporter(keys.bare(code, identifier), title) for code, title in facts.reporters]
        or [Reporter(source, "") for source in [facts.source] if source],
    )
    return made(order, is_csv=is_csv)


def key_columns(kind: str) -> list[str]:
    """The columns whose values are prefilled."""
    return keys.columns(contract(kind))
