"""Draws docs/architecture.svg from the code's own imports: `bin/picture`.

On the left the apps and what each stands on. On the right one table for each app with subjects: a subject's row
has a dot in the column of each subject that it imports. All dots lie left of the diagonal, as the order in
`SUBJECTS` of the app's `apps.py` demands.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import appointments.apps
import quarantine.apps
import repatriation.apps
from tests.sources import APPS, ROOT, imports, room_of, sources

FILE = ROOT / "docs" / "architecture.svg"
SUBJECTS: dict[str, Sequence[str]] = {
    "repatriation": repatriation.apps.SUBJECTS,
    "quarantine": quarantine.apps.SUBJECTS,
    "appointments": appointments.apps.SUBJECTS,
}
# Where each app's box stands, in columns and rows of the small map: what it stands on lies below it.
PLACES = {
    "repatriation": (0, 0),
    "quarantine": (0, 1),
    "appointments": (1, 1),
    "citizens": (0.5, 2),
    "portal": (0.5, 3),
}
BOX = (132, 44)
STEP = (160, 92)
CELL = 18
LABEL = 108
MARGIN = 24
LINE, INK, PALE, DOT = "#9aa5b1", "#1f2933", "#f0f4f8", "#0b5394"


def arrows_between_apps() -> set[tuple[str, str]]:
    """Which app imports which; what another one already brings along is left out."""
    found = {
        (app, other)
        for app in APPS
        for path in sources(app)
        for name in imports(path)
        if (other := name.split(".")[0]) in APPS and other != app
    }
    return {
        (app, other)
        for app, other in found
        if not any((app, between) in found and (between, other) in found for between in APPS)
    }


def arrows_between_subjects(app: str) -> dict[str, set[str]]:
    """For each subject the others that it imports."""
    subjects = set(SUBJECTS[app])
    found = defaultdict(set)
    for path in sources(app):
        own = room_of(path)
        for name in imports(path):
            parts = name.split(".")
            if own in subjects and parts[0] == app and len(parts) > 1 and parts[1] in subjects - {own}:
                found[own].add(parts[1])
    return found


def text(x: float, y: float, words: str, **attributes: object) -> str:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:g}" y="{y:g}"{extra}>{escape(words)}</text>'


def app_map() -> Iterable[str]:
    """The boxes of the apps, each above what it stands on."""
    centre = {
        app: (MARGIN + BOX[0] / 2 + column * STEP[0], MARGIN + BOX[1] / 2 + row * STEP[1])
        for app, (column, row) in PLACES.items()
    }
    for app, other in sorted(arrows_between_apps()):
        (x, y), (to_x, to_y) = centre[app], centre[other]
        yield (
            f'<line x1="{x:g}" y1="{y + BOX[1] / 2:g}" x2="{to_x:g}" y2="{to_y - BOX[1] / 2 - 3:g}"'
            f' stroke="{LINE}" stroke-width="1.5" marker-end="url(#tip)"/>'
        )
    for app, (x, y) in centre.items():
        yield (
            f'<rect x="{x - BOX[0] / 2:g}" y="{y - BOX[1] / 2:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6"'
            f' fill="{PALE}" stroke="{LINE}"/>'
        )
        yield text(x, y + 5, app, text_anchor="middle", font_weight="600")


def subject_table(app: str, left: float, top: float) -> Iterable[str]:
    """A row and a column for each subject; a dot where the row imports the column."""
    subjects, arrows = SUBJECTS[app], arrows_between_subjects(app)
    yield text(left, top - 10, f"{app}: a row imports the columns with a dot", font_weight="600")
    for row, subject in enumerate(subjects):
        y = top + row * CELL
        yield text(left + LABEL - 8, y + 13, subject, text_anchor="end")
        for column, other in enumerate(subjects[: row + 1]):
            x = left + LABEL + column * CELL
            fill = LINE if column == row else PALE
            yield f'<rect x="{x:g}" y="{y:g}" width="{CELL - 2}" height="{CELL - 2}" fill="{fill}"/>'
            if other in arrows[subject]:
                yield f'<circle cx="{x + 8:g}" cy="{y + 8:g}" r="4.5" fill="{DOT}"/>'
        yield text(left + LABEL + (row + 1) * CELL + 4, y + 13, subject, fill=LINE)


def picture() -> str:
    """The whole picture as SVG."""
    left, top = MARGIN * 2 + BOX[0] + STEP[0], MARGIN * 2
    parts, height = [*app_map()], MARGIN * 2 + BOX[1] + 3 * STEP[1]
    for app in SUBJECTS:
        parts += subject_table(app, left, top)
        top += len(SUBJECTS[app]) * CELL + MARGIN * 2
    width = left + LABEL * 2 + max(map(len, SUBJECTS.values())) * CELL + MARGIN
    height = max(height, top)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
            f' height="{height:g}" font-family="sans-serif" font-size="13" fill="{INK}">',
            "<title>The apps and subjects of the portal, and what each imports</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
            f' orient="auto"><path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs>',
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)} is drawn.")
    sys.exit(0)
