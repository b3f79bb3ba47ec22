"""The text of a JSON file, decoded and parsed record by record, so that memory does not grow with the file.

An object becomes a tuple of (key, value), so that keys that stand twice are still there; a number becomes its text.
Python's own scanner is as fast here as ijson, keeps all of that, and says where it stopped.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ievq_pipeline.adapters.reading.encoding import unsure
from ievq_pipeline.domain.text import Text

#: bytes decoded at a time, and characters that one record takes at most
PIECE, LONGEST_RECORD = 1 << 20, 8 << 20
#: an array under one of these keys holds the records
CONTAINERS = frozenset({"rows", "data", "items", "records", "数据"})
DEEPEST_CONTAINER = 3
BLANK = re.compile(r"[ \t\n\r]*")
COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*(?=[^ \t\n\r\]])")
CODECS = {"utf-8": "utf-8-sig"}

DEEP = Text("嵌套层数太多", "it is nested too deeply")
LONG = Text(
    f"一条记录超过 {LONGEST_RECORD:,} 个字，多半缺少引号或括号",
    f"one record takes more than {LONGEST_RECORD:,} characters: most likely a quotation mark or bracket is missing",
)
ENDS = Text("文件到这里就断了，可能没有传完", "the file breaks off here: perhaps not all of it was sent")
AFTER = Text("一组记录之后还有别的内容", "something else follows after the records")
QUOTES = Text(
    "这里应是带双引号的键（可能多了逗号，或用了单引号）",
    "a key in double quotes is expected (or there is a comma too many)",
)
TRAILING = Text("多了一个逗号", "there is a comma too many")
TWO_ARRAYS = Text("不止一个数组", "an object with more than one such array")
A_COLON = Text("键后面缺少冒号", "a colon is missing after the key")
A_COMMA = Text("缺少逗号或括号", "a comma or a bracket is missing")
A_VALUE = Text("这里应是一个值", "a value is expected here")
#: by what the scanner says
WORDS = (
    ("Illegal trailing comma", TRAILING),
    ("Expecting property name", QUOTES),
    ("Expecting ':'", A_COLON),
    ("Expecting ','", A_COMMA),
    ("Unterminated string", Text("从这里开始的文字缺少右引号", "the text that begins here does not end")),
    ("Invalid control", Text("文字里有未转义的换行或制表符", "a text holds a bare line break or tab")),
    ("Invalid \\", Text("反斜杠写法有误", "a backslash is used in a way that means nothing")),
    ("Extra data", AFTER),
    ("", A_VALUE),
)  # fmt: skip


class NotANumber(float):
    """NaN or an infinity, which JSON does not know."""


#: of a text and a place, the value there and where it ends
scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(
    object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=NotANumber
).scan_once  # type: ignore[attr-defined]


class Broken(Exception):
    """The text is no JSON here."""

    def __init__(self, what: Text, line: int = 1, place: int = 1) -> None:
        super().__init__(what.en)
        self.what, self.line, self.place = what, line, place


@dataclass(frozen=True, slots=True)
class Bad:
    """What stands where a record should."""

    shown: str
    what: Text


def decoded(data: bytes, encoding: str) -> Iterator[str]:
    """The text without its mark, piece by piece. Raises Unreadable at a byte that is none of the encoding."""
    decoder = codecs.getincrementaldecoder(CODECS.get(encoding, encoding))("strict")
    view = memoryview(data)
    for start in range(0, len(data), PIECE):
        try:
            yield decoder.decode(view[start : start + PIECE], final=start + PIECE >= len(data))
        except UnicodeError:
            line = data.count(b"\n", 0, start + PIECE) + 1
            raise unsure(data, line=line) from None


class JsonText:
    """A text that is read from its beginning to its end."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text, self._at = "", 0
        self._line, self._place = 1, 1  # of the first character that is kept

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self._at = BLANK.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, expected: str, otherwise: Text) -> str:
        """The next character, which is one of these. Raises Broken."""
        if not (found := self.peek()) or found not in expected:
            raise self.broken(otherwise)
        self._at += 1
        return found

    def value(self) -> Any:
        """The value that begins here. Raises Broken."""
        while True:
            try:
                value, end = scan(self._text, self._at)
            except RecursionError:
                raise self.broken(DEEP) from None
            except StopIteration as stop:
                error = json.JSONDecodeError("", "", stop.value)
            except json.JSONDecodeError as wrong:
                error = wrong
            else:
                # a number or a word may go on in the next piece
                if end < len(self._text) or type(value) in (tuple, list) or not self._more():
                    self._at = end
                    return value
                continue
            if len(self._text) - self._at > LONGEST_RECORD:
                raise self.broken(LONG)
            if not self._more():
                raise self.broken(worded(error.msg), error.pos)

    def goes_on(self) -> bool:
        """Whether a comma and another value follow, as far as that is here already; then it stands at the value."""
        if comma := COMMA.match(self._text, self._at):
            self._at = comma.end()
            return True
        return False

    def broken(self, what: Text, at: int | None = None) -> Broken:
        """What to raise for a fault at a place of the text, or here."""
        at = self._at if at is None else at
        before = self._text[:at]
        lines = before.count("\n")
        place = at - before.rfind("\n") if lines else self._place + at
        return Broken(
            what if before.strip() + self._text[at:].strip() and at < len(self._text) else ENDS,
            self._line + lines,
            place,
        )

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        gone = self._text[: self._at]
        self._line += gone.count("\n")
        self._place = self._at - gone.rfind("\n") if "\n" in gone else self._place + self._at
        self._text, self._at = self._text[self._at :] + piece, 0
        return True


def worded(message: str) -> Text:
    """What the scanner says, in words for people."""
    return next(text for start, text in WORDS if message.startswith(start))


def elements(text: JsonText) -> Iterator[Any]:
    """The elements of the array, or of the one array that the outermost object holds under a known name.

    An object without one is itself the only element. Raises Broken.
    """
    if text.peek() == "[":
        yield from _array(text)
    else:
        yield from _object(text, 1)
    if text.peek():
        raise text.broken(AFTER)


def _array(text: JsonText) -> Iterator[Any]:
    text.take("[", A_VALUE)
    if text.peek() == "]":
        text.take("]", A_VALUE)
        return
    while True:
        yield text.value()
        if text.goes_on():
            continue
        if text.take(",]", A_COMMA) == "]":
            return
        if text.peek() == "]":
            raise text.broken(TRAILING)


def _object(text: JsonText, depth: int) -> Iterator[Any]:
    members: list[tuple[str, Any]] = []
    has_array = False
    text.take("{", A_VALUE)
    is_open = text.peek() != "}"
    if not is_open:
        text.take("}", A_VALUE)
    while is_open:
        if text.peek() != '"':
            raise text.broken(QUOTES)
        name = text.value()
        text.take(":", A_COLON)
        opens = text.peek()
        if name.casefold() in CONTAINERS and (opens == "[" or (opens == "{" and depth < DEEPEST_CONTAINER)):
            if has_array:
                raise Broken(TWO_ARRAYS, 0)
            has_array = True
            yield from _array(text) if opens == "[" else _object(text, depth + 1)
        else:
            members.append((name, text.value()))
        is_open = text.take(",}", A_COMMA) == ","
    if not has_array:
        yield tuple(members)


def lines(pieces: Iterator[str]) -> Iterator[tuple[int, Any]]:
    """Each line that is not blank: its number, and its object or Bad."""
    for number, line in enumerate(_split(pieces), start=1):
        if stripped := line.strip(" \t\r"):
            yield number, _record(stripped)


def _split(pieces: Iterator[str]) -> Iterator[str]:
    rest: list[str] = []
    length, number = 0, 1
    for piece in pieces:
        *whole, last = piece.split("\n")
        for line in whole:
            yield "".join((*rest, line)) if rest else line
            rest, length, number = [], 0, number + 1
        rest.append(last)
        length += len(last)
        if length > LONGEST_RECORD:
            raise Broken(LONG, number)
    yield "".join(rest)


def _record(line: str) -> Any:
    try:
        value, end = scan(line, 0)
    except RecursionError:
        return Bad(line[:60], DEEP)
    except StopIteration as stop:
        return Bad(line[:60], A_VALUE if stop.value < len(line) else ENDS)
    except json.JSONDecodeError as wrong:
        return Bad(line[:60], worded(wrong.msg) if wrong.pos < len(line) else ENDS)
    return value if not line[end:].strip() else Bad(line[:60], AFTER)
