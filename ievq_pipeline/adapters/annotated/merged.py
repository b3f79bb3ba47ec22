"""The merged areas of a sheet: they stand behind its cells, so they are looked for before those are patched."""

import re
from collections.abc import Iterable
from functools import lru_cache
from xml.parsers import expat

from ievq_pipeline.adapters.annotated.marks import Area
from ievq_pipeline.adapters.annotated.tokens import BETWEEN, Unpatchable, reader

AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
SIGN = b"mergeCell"


def areas(chunks: Iterable[bytes]) -> list[Area]:
    """The merged areas of a sheet in UTF-8. Raises Unpatchable."""
    found: list[Area] = []
    parser = reader()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(BETWEEN)[2] == "mergeCell" and (area := area_of(attributes.get("ref", ""))):
            found.append(area)

    def end(name: str) -> None:
        if name.rpartition(BETWEEN)[2] == "sheetData":  # only what stands behind the cells is looked at one by one
            parser.StartElementHandler = start
            parser.EndElementHandler = None

    parser.EndElementHandler = end
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - takes no names
    except expat.ExpatError as error:
        raise Unpatchable(str(error)) from error
    return found


def may_have(chunks: Iterable[bytes]) -> bool:
    """Whether the bytes name any merged cell: quick, and never wrong where it says no."""
    before = b""
    for chunk in chunks:
        if SIGN in before + chunk:
            return True
        before = chunk[-len(SIGN) :]
    return False


def area_of(reference: str) -> Area | None:
    found = AREA.fullmatch(reference)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    return Area(int(top), column_of(left), int(bottom), column_of(right))


@lru_cache(maxsize=1 << 15)
def column_of(letters: str) -> int:
    """The 0-based column that a spreadsheet calls so; `$` may stand before it."""
    number = 0
    for letter in letters.upper().lstrip("$"):
        number = number * 26 + ord(letter) - 64
    return number - 1
