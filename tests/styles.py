"""Writes the part of Bootstrap's style sheet that the pages use: `bin/styles`.

A selector stays when every class in it stands in a template, in the portal's Python or in its script; a rule
when one of its selectors stays. Variables and animations stay when something that stays uses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.sources import ROOT, sources

WHOLE = ROOT / "portal" / "ui" / "vendor" / "bootstrap.min.css"
SHIPPED = ROOT / "portal" / "ui" / "static" / "ui" / "vendor" / "bootstrap.min.css"
OWN = [SHIPPED.parent.parent / name for name in ("tokens.css", "portal.css")]

LICENCE = re.compile(r"/\*!.*?\*/", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
WORD = re.compile(r"[A-Za-z][\w-]*")
# Where classes stand: class="…" and 'class' '…' of a template, css_class="…" of a layout, any text of a script.
IN_ATTRIBUTE = re.compile(r"""class\\?["']?(?:\s*[=:,]\s*|\s+)\\?(["'])(.*?)\1""", re.DOTALL)
IN_TAG = re.compile(r"{%.*?%}", re.DOTALL)
QUOTED = re.compile(r"""(["'`])(.*?)\1""")
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
ATTRIBUTE = re.compile(r"\[([\w-]+)")
USED_VARIABLE = re.compile(r"var\((--[\w-]+)")
DECLARATIONS = re.compile(r"""((?:[^;"'(]|"[^"]*"|'[^']*'|\((?:[^()]|\([^()]*\))*\))+);?""")


def words_of_classes() -> set[str]:
    """Return every word that stands where a class may stand. A word that is no class does no harm."""
    texts: list[str] = []
    for suffix in (".html", ".py", ".js"):
        for path in sources(suffix=suffix):
            text = path.read_text(encoding="utf-8")
            if suffix == ".js":
                texts += [match[2] for match in QUOTED.finditer(text)]
                continue
            texts += [match[2] for match in IN_ATTRIBUTE.finditer(text)]
            if suffix == ".html":
                texts += [match[2] for tag in IN_TAG.findall(text) for match in QUOTED.finditer(tag)]
    return {word for text in texts for word in WORD.findall(text)}


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield each rule of one level: what stands before the brace, and what stands in it."""
    start = 0
    while (opening := css.find("{", start)) >= 0:
        depth, end = 1, opening + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:opening].strip(), css[opening + 1 : end - 1]
        start = end


def purge(css: str, words: set[str]) -> str:
    """Return the rules of which a selector may match something, without selectors that cannot."""
    kept = []
    for head, body in blocks(css):
        if head.startswith("@keyframes"):
            kept.append(f"{head}{{{body}}}")
        elif head.startswith("@"):
            if inner := purge(body, words):
                kept.append(f"{head}{{{inner}}}")
        elif selectors := [one for one in _selectors(head) if _may_match(one, words)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _selectors(head: str) -> Iterator[str]:
    """Split at the commas that stand in no bracket."""
    depth, start = 0, 0
    for number, character in enumerate(head):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "," and not depth:
            yield head[start:number]
            start = number + 1
    yield head[start:]


def _may_match(selector: str, words: set[str]) -> bool:
    wanted = re.sub(r":not\([^)]*\)", "", selector)
    if "data-bs-" in wanted:  # Bootstrap's script and its other colours, which no page has
        return False
    return all(name in words for name in CLASS.findall(wanted))


def drop_unused(css: str, others: str) -> str:
    """Drop variables and animations that nothing uses, until none is left."""
    while True:
        used = set(USED_VARIABLE.findall(css + others))
        shorter = _without_variables(css, used)
        for head, body in list(blocks(shorter)):
            if head.startswith("@keyframes") and shorter.count(head.split()[1]) == 1:
                shorter = shorter.replace(f"{head}{{{body}}}", "")
        if shorter == css:
            return css
        css = shorter


def _without_variables(css: str, used: set[str]) -> str:
    kept = []
    for head, body in blocks(css):
        if head.startswith("@media"):
            inner = _without_variables(body, used)
        elif head.startswith("@"):
            inner = body
        else:
            parts = [part.strip() for part in DECLARATIONS.findall(body)]
            inner = ";".join(
                part for part in parts if not part.startswith("--") or part.split(":", 1)[0] in used
            )
        if inner:
            kept.append(f"{head}{{{inner}}}")
    return "".join(kept)


def shipped() -> str:
    """Return what the pages load, with the licence on top."""
    whole = WHOLE.read_text(encoding="utf-8").removeprefix('@charset "UTF-8";')
    licence = LICENCE.search(whole)
    assert licence is not None
    css = purge(COMMENT.sub("", whole), words_of_classes())
    own = "".join(path.read_text(encoding="utf-8") for path in OWN)
    return f'@charset "UTF-8";{licence[0]}\n{drop_unused(css, own)}\n'


if __name__ == "__main__":
    SHIPPED.write_text(shipped(), encoding="utf-8")
    print(f"{SHIPPED.relative_to(ROOT)}: {SHIPPED.stat().st_size:,} of {WHOLE.stat().st_size:,} bytes")
