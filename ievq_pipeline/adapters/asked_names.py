"""Names that no list knows, near to ones that it does: one question for each, at the first cell that has it."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ievq_pipeline.adapters.matching import ASKED_SCORE, likely, match, several
from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.skill import Skills, folded

#: names of one column that are looked at; nobody answers more questions about one file
MOST_ASKED = 500


def asked(
    clean: pl.DataFrame, contract: Contract, positions: Mapping[str, int], lists: Mapping[str, Any]
) -> Iterator[Finding]:
    """A finding for each unlisted name of the typed rows that may well mean a listed one. Rows are in the file's order.

    What somebody has decided to be no listed name is not asked about again.
    """
    for column in contract.fields:
        listed = lists.get(column.code_list or "")
        if column.type is FieldType.WORDING and isinstance(listed, Skills) and column.code in positions:
            questions = _questions(clean.get_column(column.code), column, listed)
            first = _first(clean, column.code, questions)
            for cell, told in questions.items():
                for parameters in told:
                    at = first[cell], column.code, positions[column.code]
                    yield Finding("NQ-WORDING-NEW", *at, str(parameters["name"]), parameters)


def _questions(values: pl.Series, column: Field, listed: Skills) -> dict[str, list[dict[str, Any]]]:
    """By cell, what is to be asked of the names in it."""
    markers = {marker.code for marker in column.markers}
    seen: set[str] = set(listed.settled)
    asked_of: dict[str, list[dict[str, Any]]] = {}
    for cell in values.unique(maintain_order=True).cast(pl.String):
        for name in cell.split(";") if cell and column.is_list else [cell]:
            if not name or name in markers or folded(name) in seen or listed.find(name) is not None:
                continue
            if len(seen) - len(listed.settled) >= MOST_ASKED:
                return asked_of
            seen.add(folded(name))
            # of a cell that holds a list, another rule tells where names are not separated
            if not (column.is_list and several(name)) and (question := _question(name, listed)):
                asked_of.setdefault(cell, []).append(question)
    return asked_of


def _question(name: str, listed: Skills) -> dict[str, Any] | None:
    asked_of = likely(name, match(name, listed).suggestions, ASKED_SCORE)
    near = [(one.code, listed.find(one.code)) for one in asked_of]
    if not near:
        return None
    zh = "、".join(f"{skill.title.zh}（{code}）" for code, skill in near if skill)
    en = ", ".join(f"{skill.title.en} ({code})" for code, skill in near if skill)
    return {"name": name, "suggestions_zh": zh, "suggestions_en": en}


def _first(clean: pl.DataFrame, code: str, cells: Mapping[str, Any]) -> dict[str, int]:
    """By cell, the first row that has it."""
    if not cells:
        return {}
    wanted = clean.lazy().select(pl.col(ROW), pl.col(code).cast(pl.String).alias("cell"))
    found = wanted.filter(pl.col("cell").is_in(list(cells))).group_by("cell").agg(pl.col(ROW).min()).collect()
    return dict(found.iter_rows())
