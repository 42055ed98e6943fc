from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"

    def ready(self) -> None:
        from portal.reporting import parts  # noqa: F401
