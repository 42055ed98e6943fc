"""The subjects of an app, each a folder of its own; the order in which they may import one another."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec


def load_subjects(app: str, subjects: Iterable[str]) -> None:
    """Import `messages` and `parts` of each subject that has them.

    Both register themselves when they are imported: kinds of messages, secret links and the log's words, and
    what the subject shows on the portal's own pages. To be called from `AppConfig.ready`.
    """
    for subject in subjects:
        for module in ("messages", "parts"):
            name = f"{app}.{subject}.{module}"
            if find_spec(name) is not None:
                import_module(name)
