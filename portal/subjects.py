"""Loading the subjects of an app. A subject is a folder and may import only those that stand before it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec


def load_subjects(app: str, subjects: Iterable[str]) -> None:
    """Import `messages`, `parts`, `naming` and `offline` of each subject that has them.

    They register themselves when they are imported: kinds of messages, secret links and the log's words; what the
    subject shows on the portal's own pages; how its rows are named on a page that asks first; which
    entries devices may keep for it while the line is down. Call it from `AppConfig.ready`.
    """
    for subject in subjects:
        for module in ("messages", "parts", "naming", "offline"):
            name = f"{app}.{subject}.{module}"
            if find_spec(name) is not None:
                import_module(name)
