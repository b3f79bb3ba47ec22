"""A column of wordings held against its code list: strings in, codes and findings out. Each wording is read once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from ievq_pipeline.adapters.cell_checks import CellFindings, ColumnResult
from ievq_pipeline.domain.contracts.model import Field
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.skill import Skills


def coded(values: pl.Series, column: Field, skills: Skills) -> ColumnResult:
    """The values as codes of the list, or as provisional ones; null where a wording can't be read.

    They are those that the check of single cells leaves: trimmed, null where bad, markers as their codes. Nothing
    happens to markers.
    """
    markers = {marker.code for marker in column.markers}
    cells = [cell for cell in values.unique(maintain_order=True) if cell and cell not in markers]
    parts = {cell: cell.split(";") if column.is_list else [cell] for cell in cells}
    codes = skills.codes(part for each in parts.values() for part in each)
    changed: dict[str, str | None] = {}
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    outcomes: dict[str, list[str]] = {}
    for cell, each in parts.items():
        code = _joined([codes[part] for part in each])
        if code == cell:
            continue
        changed[cell] = code
        if code is None:
            faults[cell] = "NQ-WORDING", {"name": next(part for part in each if codes[part] is None)}
        elif column.maximum is not None and len(cell) <= column.maximum < len(code):
            faults[cell] = "NQ-TEXT-LONG", {"length": len(code)}
        else:
            is_listed = any(codes[part] != part and skills.find(part) for part in each)
            outcomes.setdefault("NQ-N-SKILL" if is_listed else "NQ-N-WORDING", []).append(cell)
    bad = values.is_in(list(faults)).arg_true()
    findings: CellFindings = [
        (place, faults[cell][0], cell, faults[cell][1])
        for place, cell in zip(bad.to_list(), values.gather(bad).to_list(), strict=True)
    ]
    normalised = {code: values.is_in(those).arg_true().to_list() for code, those in sorted(outcomes.items())}
    return values.replace(list(changed), pl.Series(list(changed.values()), dtype=pl.String)), findings, normalised


def _joined(codes: list[str | None]) -> str | None:
    """A cell of these codes, each once; None where one of them is none."""
    named = [code for code in dict.fromkeys(codes) if code is not None]
    return None if None in codes else ";".join(named)


def told(findings: Iterable[Finding], skills: Skills | None) -> Iterator[Finding]:
    """The findings, each `concept` that one names by its code with the title too: two wordings explain themselves."""
    for finding in findings:
        if (code := finding.parameters.get("concept")) is None:
            yield finding
            continue
        known = skills.find(str(code)) if skills else None
        zh, en = (f"{known.title.zh}，代码 {code}", f"{known.title.en}, code {code}") if known else (code, code)
        yield replace(finding, parameters=finding.parameters | {"concept_zh": zh, "concept_en": en})
