from django.apps import AppConfig


class RepatriationConfig(AppConfig):
    name = "repatriation"

    def ready(self) -> None:
        from repatriation import messages, parts, parts_officer, parts_phones, parts_screening  # noqa: F401
