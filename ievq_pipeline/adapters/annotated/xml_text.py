"""Text as XML of a workbook holds it."""

import re
from xml.sax.saxutils import escape, quoteattr

from ievq_pipeline.adapters.neutral import neutral, neutral_cell

#: what XML cannot hold, and a carriage return, which a parser would turn into a line feed
UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: what a reader would take for one of those escapes
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: what is neither escaped nor neutralised
HARMLESS = re.compile(r"[^\W_][^\x00-\x1f<>&\"_\ud800-\udfff\ufffe\uffff]*")
LONGEST = 32_767


def text(value: str) -> str:
    """The text, escaped as OOXML asks for: `_x0000_` for what XML cannot hold. Cut to what a cell takes."""
    if HARMLESS.fullmatch(value) and len(value) <= LONGEST:
        return value
    value = LOOKS_ESCAPED.sub("_x005F_", value[:LONGEST])
    return escape(UNWRITABLE.sub(_escaped, value))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"_x{code:04X}_"


def attribute(value: str) -> str:
    """The value in quotation marks."""
    return quoteattr(UNWRITABLE.sub("\ufffd", value), {"\n": "&#10;", "\t": "&#9;"})


def cell(address: str, style: int, value: str) -> str:
    """A cell that holds the text and nothing else; neutralised."""
    return raw_cell(address, style, neutral(value))


def raw_cell(address: str, style: int, value: str) -> str:
    """A cell of text as it is."""
    if not value:
        return f'<c r="{address}" s="{style}"/>'
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text(value)}</t></is></c>'


def own_cell(address: str, style: int, value: str) -> str:
    """A cell of the submitter's own text."""
    return raw_cell(address, style, value if HARMLESS.fullmatch(value) else neutral_cell(value))
