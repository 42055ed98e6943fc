"""What an Excel file is allowed to be, looked at before it is opened.

The directory of the archive says how large everything gets; Python reads no more of an entry than that. Every
part is run through a parser that stops at a document type: without one there are no entities to expand and
nothing to fetch.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from portal.sheets.refusals import FileRefused

UNPACKED = 100 * 1024 * 1024  # bytes of all parts together
RATIO = 150  # a sheet of equal rows packs to about a fiftieth
PARTS = 2_000
MERGES = 20_000
# What reading a damaged archive raises; `zipfile` raises NotImplementedError for a way of packing it does not know.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError, OSError, EOFError,
)  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old(content: bytes) -> None:
    """An old workbook, or a new one behind a password: both begin alike. Always raises."""
    raise FileRefused("password" if _ENCRYPTED in content else "old_excel")


def glance(content: bytes) -> None:
    """What the directory of the archive says; nothing is unpacked. Raises `FileRefused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_by_directory(archive.infolist())
    except _BROKEN as error:
        raise FileRefused("broken") from error


def inspect(content: bytes) -> dict[str, list[str]]:
    """The merged ranges of each sheet, by the name of its part. Raises `FileRefused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_by_directory(parts)
            return {part.filename: _walk(archive, part) for part in parts if _is_xml(part)}
    except _BROKEN as error:
        raise FileRefused("broken") from error


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels", ".vml"))


def _refuse_by_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("password")
    if not any(name.lower() == "xl/workbook.xml" for name in names):
        raise FileRefused("wrong_type")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > PARTS or unpacked > UNPACKED or unpacked > RATIO * max(packed, 10_000):
        raise FileRefused("bomb")


def _walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[str]:
    """Through one part of the file; what it merges, if it is a sheet."""
    merges: list[str] = []

    def doctype(*_arguments: object) -> None:
        raise FileRefused("declares")

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "mergeCell" and len(merges) < MERGES:
            merges.append(attributes.get("ref", ""))
        elif kind == "Override" and "macroEnabled" in attributes.get("ContentType", ""):
            raise FileRefused("macros")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler = start
    with archive.open(part) as file:
        while chunk := file.read(65_536):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    return merges
