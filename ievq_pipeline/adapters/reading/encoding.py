"""The strict ladder over a whole file: byte-order mark, UTF-8, GB18030. The header confirms it; nothing is guessed."""

import codecs
from collections.abc import Iterator

import polars as pl

from ievq_pipeline.adapters.reading.mapped import forget
from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.domain.finding import Finding

#: bytes that are decoded at a time
PIECE = 16 << 20
UTF8_MARK, UTF16_MARKS = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: encodings that are never read, but named where the header is known in one of them
REFUSED = ("big5", "shift_jis", "utf-16-le", "utf-16-be", "euc-kr", "cp1252")


def encoding_of(data: bytes) -> str:
    """`utf-8`, `utf-16` (with its mark) or `gb18030`, of which only the last remains to be confirmed.

    Raises Unreadable where a mark says UTF-8 and the bytes do not.
    """
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    if _is_utf8(data):
        return "utf-8"
    if data.startswith(UTF8_MARK):
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise _undecodable(data, error.start) from None
    return "gb18030"


def _is_utf8(data: bytes) -> bool:
    """Whether every byte of it is; 0x0A is never inside a character, so pieces are cut there."""
    try:
        for start, end in _cuts(data):
            pl.Series([data[start:end]], dtype=pl.Binary).cast(pl.String)
            forget(data, start, end)
    except pl.exceptions.PolarsError:
        return False
    return True


def _cuts(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        end = len(data) if len(data) - start <= PIECE else data.rfind(b"\n", start, start + PIECE) + 1
        if end <= start:  # one endless line
            end = len(data)
        yield start, end
        start = end


def utf8_pieces(data: bytes, encoding: str) -> Iterator[bytes]:
    """The text in UTF-8 without its mark, piece by piece. Raises Unreadable at a byte that is none of the encoding."""
    if encoding == "utf-8":
        skip = len(UTF8_MARK) if data.startswith(UTF8_MARK) else 0
        for start, end in _cuts(data):
            yield data[max(start, skip) : end]
            forget(data, start, end)
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        try:
            yield decoder.decode(piece, final=start + PIECE >= len(data)).encode()
            forget(data, start, start + len(piece))
        except UnicodeError as error:
            raise _undecodable(data, start + getattr(error, "start", 0)) from None


def _undecodable(data: bytes, at: int) -> Unreadable:
    return unsure(data, line=data.count(b"\n", 0, at) + 1)


def unsure(data: bytes, *, line: int = 1, looks: str = "") -> Unreadable:
    """What to raise for bytes whose encoding is not certain; `looks` names one in which the header can be read."""
    ways = both_ways(data)
    more = {"line": line, "looks": looks, "utf8": ways["utf-8"], "gb18030": ways["gb18030"]}
    return Unreadable(Finding("NQ-FILE-ENCODING", parameters=more | _hint(looks)))


def _hint(looks: str) -> dict[str, str]:
    if not looks:
        return {"looks_zh": "", "looks_en": ""}
    return {"looks_zh": f"看来是 {looks} 编码。", "looks_en": f" It looks like {looks}."}


def both_ways(data: bytes) -> dict[str, str]:
    """How the first line looks as UTF-8 and as GB18030: whoever sees it knows which it should be."""
    line = data[:4_096].splitlines()[0] if data[:4_096].strip() else b""
    return {name: _shown(line.decode(name, "replace")) for name in ("utf-8", "gb18030")}


def _shown(line: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in line[:80])
