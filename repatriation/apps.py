from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from citizens import births
        from repatriation import (  # noqa: F401
            messages,
            messages_changes,
            messages_trips,
            parts,
            parts_officer,
            parts_phones,
            parts_screening,
        )
        from repatriation.actions.births import follow_birth, hold_families

        births.register(births.Follower(hold_families, follow_birth))
