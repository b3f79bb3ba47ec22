"""The comments of a sheet: ours after the submitter's, which stay."""

import re
from collections.abc import Iterable

from ievq_pipeline.adapters.annotated import xml_text
from ievq_pipeline.adapters.annotated.marks import Cell
from ievq_pipeline.adapters.annotated.merged import ADDRESS, column_of
from ievq_pipeline.adapters.annotated.notes import address
from ievq_pipeline.adapters.annotated.styles import MAIN
from ievq_pipeline.adapters.annotated.tokens import Edit, Node, Unpatchable, appended, edited, outline, prefix_of

#: the authors of placeholders for conversations, which programs of today show in their place
THREADED = re.compile(r"\s*tc=\{")
SPACE = ' xml:space="preserve"'
FACE = '<{0}rPr><{0}sz val="9"/><{0}color indexed="81"/><{0}rFont val="Tahoma"/></{0}rPr>'


def new(notes: Iterable[tuple[Cell, str]], author: str) -> bytes:
    """A part that holds only ours."""
    items = "".join(_comment(cell, text, 0, "") for cell, text in notes)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{MAIN}"><authors><author>{xml_text.text(author)}</author></authors>'
        f"<commentList>{items}</commentList></comments>"
    ).encode()


def joined(data: bytes, notes: Iterable[tuple[Cell, str]], author: str) -> tuple[bytes, list[Cell]]:
    """The submitter's part with ours added, and the cells that had none before. Raises Unpatchable.

    Where the submitter has commented, ours stands below in the same comment. A conversation stays as it is.
    """
    root = outline(data)
    authors, listed = root.first("authors"), root.first("commentList")
    if authors is None or listed is None:
        raise Unpatchable("comments without a list")
    prefix = prefix_of(data, listed.begin).decode()
    threaded = {
        number for number, node in enumerate(authors.named("author"))
        if THREADED.match(data[node.inside : node.closing].decode())
    }  # fmt: skip
    theirs = {_cell(node): node for node in listed.named("comment")}
    number = len(authors.named("author"))
    edits: list[Edit] = []
    added, fresh = [], []
    for cell, text in notes:
        node = theirs.get(cell)
        if node is None:
            added.append(_comment(cell, text, number, prefix))
            fresh.append(cell)
        elif node.attributes.get("authorId") not in {str(one) for one in threaded}:
            edits += _below(data, node, text, prefix)
    if added:
        edits.append(appended(data, listed, "".join(added).encode()))
        edits.append(appended(data, authors, f"<{prefix}author>{xml_text.text(author)}</{prefix}author>".encode()))
    return edited(data, edits), fresh


def _below(data: bytes, comment: Node, text: str, prefix: str) -> list[Edit]:
    """A run at the end of what the comment says; its own plain text becomes a run too."""
    body = comment.first("text")
    if body is None:
        return []
    run = _run(f"\n\n{text}", prefix).encode()
    edits: list[Edit] = []
    plain = body.first("t")
    if plain is not None:
        edits.append((plain.begin, plain.begin, f"<{prefix}r>".encode()))
        edits.append((plain.end, plain.end, f"</{prefix}r>".encode()))
    behind = next((node for node in body.children if node.local in ("rPh", "phoneticPr")), None)
    edits.append((behind.begin, behind.begin, run) if behind else appended(data, body, run))
    return edits


def _comment(cell: Cell, text: str, author: int, prefix: str) -> str:
    return (
        f'<{prefix}comment ref="{address(cell)}" authorId="{author}"><{prefix}text>{_run(text, prefix)}'
        f"</{prefix}text></{prefix}comment>"
    )


def _run(text: str, prefix: str) -> str:
    return f"<{prefix}r>{FACE.format(prefix)}<{prefix}t{SPACE}>{xml_text.text(text)}</{prefix}t></{prefix}r>"


def _cell(comment: Node) -> Cell | None:
    found = ADDRESS.fullmatch(comment.attributes.get("ref", ""))
    return (int(found.group(2)), column_of(found.group(1))) if found else None
