"""Cells in which a quotation mark without partner has taken in the rows after it."""

import re


def swallowed(cell: str, separators: int, separator: str, *, is_ours: bool) -> list[str]:
    """The lines of such a cell; none where it only has line breaks.

    As many `separators` as a row needs up to the last of our columns tell; a remark may hold that many, so there a
    single line has to look like a row.
    """
    lines = cell.strip().splitlines()
    tight = re.compile(f"{re.escape(separator)}(?! )")
    in_all = cell.count(separator) if is_ours else max((len(tight.findall(line)) for line in lines), default=0)
    return lines if len(lines) > 1 and in_all >= separators > 0 else []
