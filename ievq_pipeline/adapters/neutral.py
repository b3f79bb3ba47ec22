"""Text that spreadsheet programs take for nothing but text, whatever it begins with."""

import re

#: beginnings that make a spreadsheet program calculate, also behind blanks that it takes off
DANGEROUS = re.compile(r"[ \u00a0\u3000\n]*[=+\-@\t\r\0＝＋－＠]")
#: a number or a lone dash calculates nothing: an office's own cell of that sort goes back as it came
PLAIN = re.compile(r"[+\-＋－]?[0-9０-９]*(?:[.,．，][0-9０-９]+)*[%％]?")


def neutral(text: str) -> str:
    """The text with an apostrophe before it where a program would take it for a formula; without NUL."""
    if DANGEROUS.match(text):
        text = f"'{text}"
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


def neutral_cell(text: str) -> str:
    """The same for a cell of the submitter's own that is to be handed in again: plain numbers stay numbers."""
    return text if PLAIN.fullmatch(text) else neutral(text)
