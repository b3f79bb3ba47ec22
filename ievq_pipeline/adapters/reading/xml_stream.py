"""XML of workbooks, parsed as a stream. A document that declares anything is refused: no spreadsheet program does."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from ievq_pipeline.adapters.reading.damage import BROKEN_PART, damaged, unsafe
from ievq_pipeline.adapters.reading.package import DECLARED, Package
from ievq_pipeline.domain.text import Text

Started = Callable[[str, dict[str, str]], object]
#: bytes of one tag or comment; parsers that are not of today read one anew with every piece of it that comes
LONGEST_TOKEN = 1 << 20
ENDLESS = Text("其中的“{part}”含有长得异常的标签", "its part “{part}” holds a tag that is far too long")


def local(name: str) -> str:
    """The name without its prefix: which one a program chooses for a namespace is its own affair."""
    return name.rpartition(":")[2]


class Stream:
    """A parser of one part that is fed piece by piece. Raises Unreadable for what is no XML, or declares something."""

    def __init__(self, part: str) -> None:
        self.part = part
        self._fed = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        try:
            self.parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise damaged(BROKEN_PART, self.part) from error
        self._fed += len(chunk)
        if self._fed - self.parser.CurrentByteIndex > LONGEST_TOKEN and not is_last:
            raise unsafe(ENDLESS, self.part)

    def _refuse(self, *_: object) -> None:
        raise unsafe(DECLARED, self.part)


def each(package: Package, part: str, started: Started) -> None:
    """Call `started` with the local name and the attributes (by local name) of each element of the part."""
    stream = Stream(part)
    stream.parser.StartElementHandler = lambda name, attributes: started(
        local(name), {local(key): value for key, value in attributes.items()}
    )
    feed(stream, package.chunks(part))


def feed(stream: Stream, chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        stream.feed(chunk)
    stream.feed(b"", is_last=True)
