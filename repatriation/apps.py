from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from repatriation import (  # noqa: F401
            messages,
            messages_changes,
            messages_trips,
            parts,
            parts_officer,
            parts_phones,
            parts_screening,
        )
