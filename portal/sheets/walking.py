"""A walk through the XML parts of a file that counts before anything is kept.

Nothing is built: a reader gets the beginning, the text and the end of each element and keeps what it needs. What a
file may hold of anything is in `Budget`; beyond that it is refused. A document type is refused at once: without one
there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from portal.sheets.refusals import FileRefused

TAGS = 5_000_000  # of all parts together; twenty thousand rows of fifty full cells have four million
DEPTH = 100  # a sheet has five
TOKEN = 1024 * 1024  # bytes of one tag or comment; expat holds a whole one in memory
TEXTS = 80 * 1024 * 1024  # bytes in memory of all texts that are kept
LENGTH = 2_000  # characters that are kept of one text
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
PIECE = 64 * 1024  # bytes that are unpacked at once
# What reading a damaged archive raises; `zipfile` raises NotImplementedError for a way of packing it does not know.
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError, OSError, EOFError,
    ValueError, LookupError, OverflowError,
)  # fmt: skip


@dataclass
class Budget:
    """What one file has used up of what it may hold."""

    tags: int = 0
    texts: int = 0

    def keep(self, text: str) -> str:
        """Count a text that will be kept. Raises `FileRefused`."""
        self.texts += sys.getsizeof(text)
        if self.texts > TEXTS:
            raise FileRefused("bomb")
        return text


class Reader:
    """Takes in the elements of one part: `starts` and `ends` say by their names what is done with them."""

    def __init__(self) -> None:
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.other: Callable[[], None] | None = None  # is done at the beginning of any other element
        self.text: Callable[[str], None] | None = None


class TextReader(Reader):
    """Puts texts together that come in pieces. The reading aid of East Asian texts is no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.is_open = False
        self.is_aid = False
        self.text = self.add_text
        self.starts = {"t": self.open, "rPh": self.begin_aid}
        self.ends = {"t": self.close, "rPh": self.finish_aid}

    def open(self, _attributes: dict[str, str]) -> None:
        self.is_open = not self.is_aid

    def close(self) -> None:
        self.is_open = False

    def begin_aid(self, _attributes: dict[str, str]) -> None:
        self.is_aid = True

    def finish_aid(self) -> None:
        self.is_aid = False

    def add_text(self, piece: str) -> None:
        """Add a piece; more than any field needs is left out."""
        if self.is_open and len(self.parts) < LENGTH:
            self.parts.append(piece[:LENGTH])

    def take_text(self) -> str:
        """Return what was put together, and begin anew."""
        parts = self.parts
        text = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        return _ESCAPED.sub(_sign, text[:LENGTH]) if "_x" in text else text[:LENGTH]


def _sign(match: re.Match[str]) -> str:
    """Return the sign that Excel writes as `_x000D_`: XML has none of the first thirty-two. Half a pair stays."""
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number <= 0xDFFF else chr(number)


def walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: Reader, budget: Budget) -> None:
    """Lead the reader through one part. Raises `FileRefused`, or what is in `BROKEN`."""
    for _piece in pieces(archive, part, reader, budget):
        pass


def pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: Reader, budget: Budget) -> Iterator[None]:
    """Lead the reader through one part piece by piece, and yield after each."""
    parser = _parser(reader)
    parsed = 0
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            budget.tags += piece.count(b"<")
            if budget.tags > TAGS:
                raise FileRefused("bomb")
            parser.Parse(piece)
            parsed += len(piece)
            if parsed - parser.CurrentByteIndex > TOKEN:
                raise FileRefused("bomb")
            yield
        parser.Parse(b"", True)
    yield


def _parser(reader: Reader) -> expat.XMLParserType:
    depth = 0
    starts, ends, other = reader.starts, reader.ends, reader.other

    def doctype(*_arguments: object) -> None:
        raise FileRefused("declares")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise FileRefused("bomb")
        # Excel writes no prefix; the few programs that do name each element alike.
        if (take := starts.get(name) or starts.get(name.rpartition(":")[2])) is not None:
            take(attributes)
        elif other is not None:
            other()

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if (take := ends.get(name) or ends.get(name.rpartition(":")[2])) is not None:
            take()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if reader.text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = reader.text
    return parser
