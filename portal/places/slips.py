"""Names of places that are written nearly as somebody typed them, for a text that names none.

"Hưng Thuậnn", "Qui Nhơn" and "Đắc Lắc" are one slip, or another spelling, away from a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .query import Query, QueryPart

SHORTEST = 5  # letters; in a shorter name one slip makes any other
MOST = 3  # names that are tried
_SOUNDS = str.maketrans("yk", "ic")  # Mỹ, Mĩ; Đắk, Đắc


def with_other_name(query: Query, names: Iterable[str]) -> Iterator[Query]:
    """The reading with names in the place of its own that are one slip away from it; `names` are folded."""
    typed = query.name.translate(_SOUNDS)
    if len(typed) < SHORTEST:
        return
    near = {name for name in names if name != query.name and is_one_slip(typed, name.translate(_SOUNDS))}
    # The same sounds first.
    for name in sorted(near, key=lambda name: (name.translate(_SOUNDS) != typed, name))[:MOST]:
        whole = f"{query.whole.removesuffix(query.name)}{name}"
        yield Query(QueryPart(name, whole, query.part.word), query.larger, whole)


def is_one_slip(a: str, b: str) -> bool:
    """Whether the texts are the same but for one letter, or for two that changed places."""
    if abs(len(a) - len(b)) > 1:
        return False
    shorter = min(len(a), len(b))
    start = next((place for place in range(shorter) if a[place] != b[place]), shorter)
    a, b = a[start:], b[start:]
    return a == b or a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])
