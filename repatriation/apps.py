from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from repatriation import messages, parts  # noqa: F401
