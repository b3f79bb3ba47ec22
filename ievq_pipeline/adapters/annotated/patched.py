"""The submitter's own workbook with its bad cells marked: everything else in it stays byte for byte as it was."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ievq_pipeline.adapters.annotated import comments, content_types, drawing, merged
from ievq_pipeline.adapters.annotated import words as own_words
from ievq_pipeline.adapters.annotated.content_types import ContentTypes
from ievq_pipeline.adapters.annotated.listing import Listing
from ievq_pipeline.adapters.annotated.marks import Cell
from ievq_pipeline.adapters.annotated.package import TYPES_PART, Parts, Related
from ievq_pipeline.adapters.annotated.parts import Package, Packed, pack
from ievq_pipeline.adapters.annotated.sheet import Disordered, SheetPatch
from ievq_pipeline.adapters.annotated.styles import Styles
from ievq_pipeline.adapters.annotated.survey import Survey
from ievq_pipeline.adapters.annotated.tokens import Unpatchable
from ievq_pipeline.adapters.annotated.workbook_part import WorkbookPart

#: what an answer never holds, by the ends of the types of their relationships
MACROS = ("vbaProject", "wordVbaData", "attachedToolbars")
SIGNATURE_MACROS = ("vbaProjectSignature", "vbaProjectSignatureAgile", "vbaProjectSignatureV3")


def patch(source: IO[bytes] | Path, survey: Survey, sheet: str | None, out: Path) -> None:
    """Write the answer to a workbook; without a sheet only the list is added. Raises Unpatchable, BadZipFile."""
    with zipfile.ZipFile(source) as opened:
        parts = Parts(opened)
        try:
            _mark(parts, survey, sheet)
            with _package(out) as package:
                parts.write(package)
        finally:
            parts.close()


def _mark(parts: Parts, survey: Survey, sheet: str | None) -> None:
    """Make the parts that are new or other than before."""
    workbook, types = WorkbookPart(parts), ContentTypes(parts)
    styles_part, styles = _styles(parts, workbook)
    if sheet is not None:
        _patch_sheet(parts, types, workbook, styles, survey, workbook.part_of(sheet))
    name = own_words.sheet_name(survey.catalogue.gettext("Findings"), workbook.sheet_names)
    listed = parts.free_name("xl/worksheets/sheet{}.xml")
    parts.put(listed, pack(Listing(survey, styles, sheet).chunks()))
    types.add(listed, content_types.WORKSHEET)
    parts.put(workbook.name, workbook.with_sheet(name, listed))
    if styles_part is None:
        styles_part = parts.free_name("xl/styles{}.xml")
        workbook.relationships.add("ievqStyles", f"{workbook.office}/styles", styles_part)
        types.add(styles_part, content_types.STYLES)
    parts.put(styles_part, styles.written())
    _drop_macros(parts, workbook)
    types.make_plain(workbook.name)
    parts.put(workbook.relationships.part, workbook.relationships.written())
    parts.put(TYPES_PART, types.written())


@contextmanager
def _package(out: Path) -> Iterator[Package]:
    """What is written half is not left behind."""
    try:
        with Package(out) as package:
            yield package
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _styles(parts: Parts, workbook: WorkbookPart) -> tuple[str | None, Styles]:
    related = workbook.relationships
    found = next((related.target(node) for node in related.of_kind("styles")), None)
    if found is None:
        return None, Styles()
    return found, Styles(parts.whole(found))


def _patch_sheet(
    parts: Parts, types: ContentTypes, workbook: WorkbookPart, styles: Styles, survey: Survey, name: str
) -> None:
    related = parts.related(name)
    if survey.marks and merged.may_have(parts.stream(name)):
        areas = merged.areas(parts.stream(name))
        survey.marks = survey.marks.moved(areas)
        survey.notes.moved(areas)
    noted = survey.noted()
    new_id = related.new_id()
    link = f'<{{prefix}}legacyDrawing xmlns:ievq="{workbook.office}" ievq:id="{new_id}"/>' if noted else ""
    packed, drawing_id = _patched(parts, name, survey, styles, link)
    parts.put(name, packed)
    if noted:
        fresh = _put_comments(parts, types, workbook, related, noted, survey.catalogue.gettext("Data check"))
        _put_drawing(parts, types, workbook, related, fresh, drawing_id, new_id)
    if related.added:
        parts.put(related.part, related.written())


def _patched(parts: Parts, name: str, survey: Survey, styles: Styles, link: str) -> tuple[Packed, str | None]:
    """The sheet, and the relationship of the drawing that it had."""
    for is_filling in (True, False):
        patching = SheetPatch(survey.marks, styles, drawing=link, is_filling=is_filling)
        try:
            return pack(patching.chunks(parts.stream(name))), patching.drawing_id
        except Disordered:
            continue
    raise Unpatchable("a sheet out of order")


def _put_comments(
    parts: Parts,
    types: ContentTypes,
    workbook: WorkbookPart,
    related: Related,
    noted: list[tuple[Cell, str]],
    author: str,
) -> list[tuple[Cell, str]]:
    """Add the comments; gives those for which there is no box yet."""
    had = next((part for node in related.of_kind("comments") if parts.has(part := related.target(node))), None)
    if had is not None:
        data, fresh = comments.joined(parts.whole(had), noted, author)
        parts.put(had, data)
        boxless = set(fresh)
        return [(cell, text) for cell, text in noted if cell in boxless]
    name = parts.free_name("xl/comments{}.xml")
    parts.put(name, comments.new(noted, author))
    types.add(name, content_types.COMMENTS)
    related.add("ievqComments", f"{workbook.office}/comments", name)
    return noted


def _put_drawing(
    parts: Parts,
    types: ContentTypes,
    workbook: WorkbookPart,
    related: Related,
    noted: list[tuple[Cell, str]],
    drawing_id: str | None,
    new_id: str,
) -> None:
    drawings = [name for name in parts.entries if name.endswith(".vml")]
    taken = drawing.blocks_taken(parts.whole(name) for name in drawings)
    had = related.named(drawing_id) if drawing_id else None
    if had is not None and parts.has(part := related.target(had)):
        if noted:
            parts.put(part, drawing.joined(parts.whole(part), noted, taken))
        return
    if drawing_id:
        raise Unpatchable("a drawing that is not there")
    name = parts.free_name("xl/drawings/vmlDrawing{}.vml")
    parts.put(name, drawing.new(noted, taken))
    types.add_default("vml", content_types.DRAWING)
    related.add(new_id, f"{workbook.office}/vmlDrawing", name)


def _drop_macros(parts: Parts, workbook: WorkbookPart) -> None:
    related = workbook.relationships
    for kind in MACROS:
        for node in related.of_kind(kind):
            part = related.target(node)
            below = parts.related(part)
            for signature in SIGNATURE_MACROS:
                for each in below.of_kind(signature):
                    parts.drop(below.target(each))
            parts.drop(below.part)
            parts.drop(part)
            related.dropped.append(node)
