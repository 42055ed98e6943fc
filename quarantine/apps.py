from django.apps import AppConfig


class QuarantineConfig(AppConfig):
    name = "quarantine"

    def ready(self) -> None:
        from quarantine import messages, parts  # noqa: F401
