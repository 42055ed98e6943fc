"""Texts that are kept in both languages, because they are data and not sentences of the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.db import models
from django.utils import translation


class Bilingual(NamedTuple):
    """One sentence, for a row that keeps it in both languages."""

    vi: str
    en: str


def bilingual(say: Callable[[], object]) -> Bilingual:
    """Return what `say` returns in each language, whatever language the officer reads."""
    with translation.override("vi"):
        vi = str(say())
    with translation.override("en"):
        return Bilingual(vi, str(say()))


def in_language(row: models.Model, field: str) -> str:
    """Return a field in the reader's language: `<field>_en` in English where it is filled, else the field."""
    english = str(getattr(row, f"{field}_en")) if translation.get_language() == "en" else ""
    return english or str(getattr(row, field))
