from django.apps import AppConfig

from portal.subjects import load_subjects

# A subject imports only those that stand before it; tests/test_house_rules.py holds this.
SUBJECTS = ("offices", "booking", "counter")


class AppointmentsConfig(AppConfig):
    name = "appointments"

    def ready(self) -> None:
        load_subjects(self.name, SUBJECTS)
