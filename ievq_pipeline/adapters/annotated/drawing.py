"""The boxes of comments, in the old drawing language that programs still want for them."""

import re
from collections.abc import Iterable, Sequence

from ievq_pipeline.adapters.annotated.marks import LAST_COLUMN, LAST_ROW, Cell
from ievq_pipeline.adapters.annotated.notes import lines_of
from ievq_pipeline.adapters.annotated.tokens import Edit, Node, Unpatchable, appended, edited, outline, with_attributes

SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
#: shapes are numbered in blocks of so many; a block belongs to one sheet of a workbook
BLOCK = 1_024
BLOCKS = re.compile(rb"<(?:\w+:)?idmap\b[^>]*?\bdata\s*=\s*[\"']([0-9, ]+)[\"']")
KIND = (
    '<v:shapetype {spaces}id="_x0000_t202_ievq" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
SHAPE = (
    '<v:shape {spaces}id="_x0000_s{id}" type="#_x0000_t202_ievq" style="position:absolute;margin-left:60pt;'
    'margin-top:2pt;width:220pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#fff7e6"'
    ' o:insetmode="auto">'
    '<v:fill color2="#fff7e6"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def blocks_taken(drawings: Iterable[bytes]) -> set[int]:
    """The blocks of numbers that the drawings of a workbook use."""
    return {
        int(number)
        for data in drawings
        for found in BLOCKS.findall(data)
        for number in found.replace(b" ", b"").split(b",")
        if number
    }


def new(notes: Sequence[tuple[Cell, str]], taken: set[int]) -> bytes:
    """A drawing that holds only our boxes."""
    blocks = _blocks(len(notes), taken)
    layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{_listed(blocks)}"/></o:shapelayout>'
    return f"<xml {SPACES}>{layout}{KIND.format(spaces='')}{_shapes(notes, blocks, '')}</xml>".encode()


def joined(data: bytes, notes: Sequence[tuple[Cell, str]], taken: set[int]) -> bytes:
    """The submitter's drawing with our boxes added."""
    blocks = _blocks(len(notes), taken)
    spaces = f"{SPACES} "
    added = (KIND.format(spaces=spaces) + _shapes(notes, blocks, spaces)).encode()
    try:
        root = outline(data)
    except Unpatchable:  # some programs write HTML into it that is no XML
        at = data.rfind(b"</xml>")
        return data if at < 0 else edited(data, [(at, at, added)])
    edits: list[Edit] = [appended(data, root, added)]
    if (numbers := _numbers(root)) is not None:
        own = numbers.attributes.get("data", "")
        tag = with_attributes(
            data[numbers.begin : numbers.inside], {b"data": ",".join(filter(None, (own, _listed(blocks)))).encode()}
        )
        edits.append((numbers.begin, numbers.inside, tag))
    return edited(data, edits)


def _numbers(root: Node) -> Node | None:
    layout = root.first("shapelayout")
    return layout.first("idmap") if layout else None


def _blocks(shapes: int, taken: set[int]) -> list[int]:
    first = max(taken, default=0) + 1
    return list(range(first, first + max(1, -(-shapes // (BLOCK - 1)))))


def _listed(blocks: Iterable[int]) -> str:
    return ",".join(map(str, blocks))


def _shapes(notes: Sequence[tuple[Cell, str]], blocks: Sequence[int], spaces: str) -> str:
    return "".join(
        _shape(cell, text, blocks[at // (BLOCK - 1)] * BLOCK + at % (BLOCK - 1) + 1, at + 1, spaces)
        for at, (cell, text) in enumerate(notes)
    )


def _shape(cell: Cell, text: str, number: int, order: int, spaces: str) -> str:
    row, column = cell[0] - 1, cell[1]
    height = min(lines_of(text), 40) + 1
    left = min(column + 1, LAST_COLUMN - 5)
    top = max(0, min(row - 1, LAST_ROW - height - 1))
    anchor = f"{left}, 15, {top}, 4, {left + 4}, 15, {top + height}, 4"
    return SHAPE.format(
        spaces=spaces, id=number, height=height * 13, order=order, anchor=anchor, row=row, column=column
    )
