from django.apps import AppConfig

from portal.subjects import load_subjects

# A subject imports only those that stand before it; tests/test_house_rules.py checks this.
SUBJECTS = (
    "queue",
    "screening",
    "registration",
    "intake",
    "seats",
    "offline",
    "boarding",
    "checkpoint",
    "handover",
    "importing",
    "campaigns",
    "phones",
    "manifests",
    "on_paper",
    "trips",
    "family",
    "hotline",
)


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from citizens import births, proving
        from repatriation import figures, navigation  # noqa: F401 they register themselves
        from repatriation.registration.births import follow_birth, lock_families
        from repatriation.registration.proving import people_of_entries, prove_entries

        load_subjects(self.name, SUBJECTS)
        births.register(births.Follower(lock_families, follow_birth))
        proving.register(proving.Holder(people_of_entries, prove_entries))
