"""The portal's own files and what they import, for the rules of the house and for the picture of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["portal", "citizens", "quarantine", "repatriation", "appointments"]
# Files of an app that stand outside its subjects and may know them all.
ABOVE_SUBJECTS = {
    "apps",
    "tasks",
    "urls",
    "urls_citizen",
    "urls_officer",
    "demo",
    "management",
    "migrations",
    "templatetags",
}


def sources(*names: str, suffix: str = ".py") -> Iterator[Path]:
    for name in names or APPS:
        for path in sorted((ROOT / name).rglob(f"*{suffix}")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, and every name that it imports from one, as `module.name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def room_of(path: Path) -> str:
    """What a file stands in below its app: the subject's folder, or the file itself."""
    return path.relative_to(ROOT).with_suffix("").parts[1]
