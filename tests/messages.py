"""The English catalogue: `bin/messages` takes up new sentences and compiles; tests hold it complete.

Sentences are written in Vietnamese in the source and extracted by Babel, so that no gettext program is needed.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["portal", "citizens", "repatriation", "quarantine", "appointments"]
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# The few sentences of Django's own that have no Vietnamese there; written by hand.
DJANGO_PO = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def _files() -> list[Path]:
    found = [
        path
        for name in SOURCES
        for path in (ROOT / name).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".typ"}
    ]
    return sorted(path for path in found if "migrations" not in path.parts and "vendor" not in path.parts)


def _python_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # What is left of a template is one expression a line; its indentation means nothing.
    return "\n".join(line.strip() for line in templatize(text).splitlines()) + "\n"


def catalogue() -> Catalog:
    """Every sentence of the sources, without translations."""
    found = Catalog(locale="en", project="Cổng Tây Ninh", charset="utf-8", fuzzy=False)
    for path in _files():
        source = BytesIO(_python_of(path).encode())
        for _line, message, _comments, context in extract(
            "python", source, KEYWORDS, options={"encoding": "utf-8"}
        ):
            if message and message != "":
                flags = ["python-format"] if re.search(r"%\(\w+\)[sd+]", str(message)) else []
                found.add(message, locations=[(str(path.relative_to(ROOT)), 0)], context=context, flags=flags)
    return found


def translated(path: Path = PO) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update() -> list[str]:
    """Bring the catalogue up to date and compile it; returns the sentences that have no English yet."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalog = translated() if PO.exists() else Catalog(locale="en", charset="utf-8")
    catalog.fuzzy = False
    catalog.project = "Cổng Tây Ninh"
    catalog.header_comment = (
        "# English of Cổng Tây Ninh. The source sentences are Vietnamese. Made by bin/messages."
    )
    catalog.revision_date = catalog.creation_date = datetime(2026, 11, 1, tzinfo=UTC)
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    found = catalogue()
    found.creation_date = catalog.creation_date
    catalog.update(found, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    for path in (PO, DJANGO_PO):
        path.with_suffix(".mo").write_bytes(compiled(translated(path)))
    return missing(catalog)


def missing(catalog: Catalog) -> list[str]:
    return [
        str(message.id)
        for message in catalog
        if message.id and not all(message.string if message.pluralizable else [message.string])
    ]


def main() -> int:
    left = update()
    for sentence in left:
        print(sentence)
    print(f"{len(left)} sentences without English; {PO.relative_to(ROOT)} is up to date.", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
