from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"

    def ready(self) -> None:
        from portal.reporting import messages, parts  # noqa: F401
