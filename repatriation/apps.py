from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

# Each may have `messages` (kinds of messages, the log's words, secret links) and `parts` (what it shows on the
# portal's pages); both register themselves when they are imported.
SUBJECTS = [
    "queue",
    "screening",
    "registration",
    "intake",
    "seats",
    "boarding",
    "checkpoint",
    "handover",
    "importing",
    "campaigns",
    "phones",
    "manifests",
    "trips",
    "family",
    "hotline",
]


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from citizens import births
        from repatriation.registration.births import follow_birth, hold_families

        for subject in SUBJECTS:
            for module in ("messages", "parts"):
                if find_spec(f"repatriation.{subject}.{module}"):
                    import_module(f"repatriation.{subject}.{module}")
        import_module("repatriation.navigation")
        import_module("repatriation.registration.messages_changes")
        births.register(births.Follower(hold_families, follow_birth))
