"""The workbook that a submitter gets back: bad cells filled and commented, and a list that leads to each of them.

A workbook comes back as it was, patched in places; of any other file one is built.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from ievq_pipeline.adapters.annotated.built import build
from ievq_pipeline.adapters.annotated.grids import grid_of
from ievq_pipeline.adapters.annotated.marks import cell_of
from ievq_pipeline.adapters.annotated.patched import patch
from ievq_pipeline.adapters.annotated.survey import Survey, survey
from ievq_pipeline.adapters.annotated.tokens import Unpatchable
from ievq_pipeline.adapters.catalogues import catalogue
from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.adapters.reading.wrappers import unwrap
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.finding_words import FindingWords

__all__ = ["MEDIA_TYPE", "Unpatchable", "annotate", "answer_workbook"]
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
log = structlog.get_logger()
#: what reading a package that is not what it seems comes to
BROKEN = (Unpatchable, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError)


def annotate(
    data: bytes | Path,
    findings: Iterable[Finding],
    contract: Contract,
    *,
    sheet: str | None,
    language: str,
    out: Path,
) -> None:
    """Write a workbook's answer to `out`: the package of `data` with the findings of its sheet marked.

    Everything but the sheet, its comments, the styles and what names parts stays byte for byte. Macros are left out.
    Raises Unpatchable or BadZipFile for a package that cannot be changed in places.
    """
    surveyed = survey(findings, FindingWords(contract, language), catalogue(language))
    patch(io.BytesIO(data) if isinstance(data, bytes) else data, surveyed, sheet, out)


def answer_workbook(
    data: bytes | Path | None,
    facts: Mapping[str, Any],
    findings: Iterable[Finding],
    contract: Contract,
    *,
    language: str,
    out: Path,
    caps: Caps = CAPS,
) -> None:
    """Write the answer to any file as a workbook. `facts` is the `file` part of its answer; `data` None: it is gone.

    A file that could not be read gives the list alone.
    """
    kept = list(findings) if iter(findings) is findings else findings
    words = FindingWords(contract, language), catalogue(language)
    if data is not None and facts.get("format"):
        data = data.read_bytes() if isinstance(data, Path) else data
        try:
            inside = unwrap(data).data if facts.get("wrapper") else data
            if facts["format"] == "xlsx" and _is_patched(inside, survey(kept, *words), facts.get("sheet"), out):
                return
            grid = grid_of(inside, facts, contract, caps)
            surveyed = survey(kept, *words, grid.placed if grid else cell_of)
            surveyed.below = grid.below if grid else 0
            build(grid, surveyed, out)
        except Unreadable as refusal:  # under the caps of today
            log.warning("annotated.list_alone", why=refusal.finding.code)
        else:
            return
    build(None, survey(kept, *words), out)


def _is_patched(data: bytes, surveyed: Survey, sheet: str | None, out: Path) -> bool:
    try:
        patch(io.BytesIO(data), surveyed, sheet, out)
    except BROKEN as error:
        log.warning("annotated.built_new", why=str(error))
        return False
    return True
