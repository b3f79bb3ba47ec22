"""Keys of the quarter before, as they are stored → as a row of the template has them, without any number."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ievq_pipeline.adapters.templates.plan import marker_title
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType
from ievq_pipeline.domain.contracts.panel import NIL
from ievq_pipeline.domain.skill import Skills

YES, NO = "yes", "no"


def columns(contract: Contract) -> list[str]:
    """The columns that name an entry; the quarter is the template's own."""
    return [code for code in contract.key if contract.field(code).type is not FieldType.QUARTER]


def rows(
    stored: Iterable[Mapping[str, Any]], contract: Contract, language: str, lists: Mapping[str, Skills]
) -> Iterator[dict[str, str]]:
    """Each key by column as whoever fills in writes it; zero reports are left out, for they tell of one quarter only.

    `stored` has `reporter` and columns of the contract. Listed wordings come by their titles.
    """
    named = contract.subject[-1]
    for each in stored:
        if each.get(named) == NIL:
            continue
        reporter = {contract.key[0]: each["reporter"]} if "reporter" in each else {}
        told = {**each, **reporter}
        yield {
            column.code: text
            for column in contract.fields
            if column.code in contract.key and (text := _spelled(told.get(column.code), column, language, lists))
        }


def _spelled(value: Any, column: Field, language: str, lists: Mapping[str, Skills]) -> str:
    if value is None:
        return ""
    if column.choices:
        code = {True: YES, False: NO}.get(value) if isinstance(value, bool) else str(value)
        return next((choice.title[language] for choice in column.choices if choice.code == code), "")
    text = str(value)
    marker = next((m for m in column.markers if m.code == text), None)
    if marker is not None:
        return marker_title(marker.aliases, marker.code, language)
    if column.scheme:
        return bare(text, column)
    listed = lists.get(column.code_list or "")
    known = listed.find(text) if listed else None
    return known.title[language] if known else text


def bare(code: str, column: Field) -> str:
    """A code without the scheme that bare ones of the column are of; one that has a colon itself keeps it."""
    scheme, colon, value = code.partition(":")
    return value if colon and scheme == column.scheme and ":" not in value else code
