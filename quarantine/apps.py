from django.apps import AppConfig

from portal.subjects import load_subjects

# A subject imports only those that stand before it; tests/test_house_rules.py holds this.
SUBJECTS = ("protocols", "certificates", "alerts", "orders", "daily", "results", "doses", "facilities")


class QuarantineConfig(AppConfig):
    name = "quarantine"

    def ready(self) -> None:
        from quarantine import person_panel  # noqa: F401 it registers itself

        load_subjects(self.name, SUBJECTS)
