"""What an Excel file holds beside its rows, counted before anything is made of it.

The directory of the archive says how large everything gets; Python unpacks no more of a part than that. Every part
is walked once (`walking.py`); of styles the number formats are kept, of the shared strings their texts.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS

from portal.sheets.measuring import Cost, CostReader
from portal.sheets.refusals import FileRefused
from portal.sheets.walking import BROKEN, LENGTH, Budget, Reader, TextReader, walk

UNPACKED = 100 * 1024 * 1024  # bytes of all parts together
RATIO = 150  # a sheet of equal rows packs to about a fiftieth
PARTS = 2_000
SHEETS = 1_000
STYLES = 65_500  # as many as Excel has
FORMATS = 5_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = b"PK\x01\x02"  # begins the entry of a part in the directory
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass
class SheetPart:
    """One sheet by its name on the tab; `path` is its part of the archive."""

    name: str
    is_visible: bool
    path: str


@dataclass
class Contents:
    """What an Excel file says about itself. `formats` are the number formats by the number of a cell's style."""

    sheets: list[SheetPart] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    counts_from_1904: bool = False
    budget: Budget = field(default_factory=Budget)
    cost: Cost = field(default_factory=Cost)


def refuse_old(content: bytes) -> None:
    """Refuse an old workbook, or a new one behind a password: both begin alike. Always raises."""
    raise FileRefused("password" if _ENCRYPTED in content else "old_excel")


def glance(content: bytes) -> None:
    """Look at the directory of the archive; nothing is unpacked. Raises `FileRefused`."""
    with opened(content):
        pass


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open the archive if its directory is harmless. Whatever a broken file makes of it becomes `FileRefused`."""
    if content.count(_ENTRY) > PARTS:  # before Python makes an object for each
        raise FileRefused("bomb")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_by_directory(archive.infolist())
            yield archive
    except BROKEN as error:
        raise FileRefused("broken") from error


def is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels", ".vml"))


def find_part(archive: zipfile.ZipFile, path: str) -> zipfile.ZipInfo | None:
    """Return a part of the archive; capitals in its name do not matter."""
    wanted = path.lower()
    return next((part for part in archive.infolist() if part.filename.lower() == wanted), None)


def survey(archive: zipfile.ZipFile) -> Contents:
    """Walk every part but the sheet that will be read. Raises `FileRefused`, or what is in `BROKEN`."""
    contents = Contents()
    contents.cost.size = sum(part.file_size for part in archive.infolist())
    book, relations = _Book(), _Relations()
    for path, own in ((_WORKBOOK, book), (_RELATIONS, relations)):
        found = find_part(archive, path)
        if found is None:
            raise FileRefused("broken")
        walk(archive, found, own, contents.budget)
    contents.counts_from_1904 = book.counts_from_1904
    contents.sheets = [
        SheetPart(name, is_visible, relations.sheets[key])
        for name, is_visible, key in book.sheets
        if key in relations.sheets
    ]
    first = next((sheet.path for sheet in contents.sheets if sheet.is_visible), "").lower()
    known = {_WORKBOOK, _RELATIONS, first}
    for part in archive.infolist():
        name = part.filename.lower()
        if not is_xml(part) or name in known:
            continue
        reader, before = _reader_for(name, relations, contents), contents.budget.tags
        walk(archive, part, reader, contents.budget)
        if not isinstance(reader, (CostReader, _SharedStrings)):
            contents.cost.odd_tags += contents.budget.tags - before
    return contents


def _reader_for(name: str, relations: _Relations, contents: Contents) -> Reader:
    if name == "[content_types].xml":
        return _ContentTypes()
    if name == relations.strings.lower():
        return _SharedStrings(contents)
    if name == relations.styles.lower():
        return _Styles(contents)
    if name in {path.lower() for path in relations.sheets.values()}:
        return CostReader(contents.cost)
    return Reader()


def _refuse_by_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("password")
    if _WORKBOOK not in names:
        raise FileRefused("wrong_type")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > UNPACKED or unpacked > RATIO * max(packed, 10_000):
        raise FileRefused("bomb")
    if len(names) < len(parts):  # two parts of one name: two programs would read two different files
        raise FileRefused("broken")


class _ContentTypes(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.starts = {"Override": self.look, "Default": self.look}

    def look(self, attributes: dict[str, str]) -> None:
        if "macroEnabled" in attributes.get("ContentType", ""):
            raise FileRefused("macros")


class _Book(Reader):
    """The names of the sheets, in the order of their tabs."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = {"sheet": self.add, "workbookPr": self.set_epoch}
        self.sheets: list[tuple[str, bool, str]] = []
        self.counts_from_1904 = False

    def add(self, attributes: dict[str, str]) -> None:
        key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        is_visible = attributes.get("state", "visible") == "visible"
        self.sheets.append((attributes.get("name", ""), is_visible, key))
        if len(self.sheets) > SHEETS:
            raise FileRefused("bomb")

    def set_epoch(self, attributes: dict[str, str]) -> None:
        self.counts_from_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Relations(Reader):
    """Where the parts of the workbook are."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = {"Relationship": self.add}
        self.sheets: dict[str, str] = {}
        self.strings = self.styles = ""

    def add(self, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "").replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        match attributes.get("Type", "").rpartition("/")[2]:
            case "worksheet":
                self.sheets[attributes.get("Id", "")] = path
            case "sharedStrings":
                self.strings = path
            case "styles":
                self.styles = path


class _Styles(Reader):
    """The number format of each style of cells."""

    def __init__(self, contents: Contents) -> None:
        super().__init__()
        self.starts = {"numFmt": self.add_format, "cellXfs": self.begin, "xf": self.add}
        self.ends = {"cellXfs": self.finish}
        self.formats = contents.formats
        self.own: dict[str, str] = {}
        self.is_of_cells = False

    def add_format(self, attributes: dict[str, str]) -> None:
        if len(self.own) < FORMATS:
            self.own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:LENGTH]

    def begin(self, _attributes: dict[str, str]) -> None:
        self.is_of_cells = True

    def finish(self) -> None:
        self.is_of_cells = False

    def add(self, attributes: dict[str, str]) -> None:
        if self.is_of_cells and len(self.formats) < STYLES:
            number = attributes.get("numFmtId", "0")
            self.formats.append(self.own.get(number) or BUILTIN_FORMATS.get(int(number), "General"))


class _SharedStrings(TextReader):
    """The texts of cells, which cells name by their number."""

    def __init__(self, contents: Contents) -> None:
        super().__init__()
        self.contents = contents
        self.ends["si"] = self.add

    def add(self) -> None:
        self.contents.strings.append(self.contents.budget.keep(self.take_text()))
