from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    name = "portal.records"

    def ready(self) -> None:
        from portal.records import messages, parts  # noqa: F401
        from portal.records.guards import install_status_guards
        from portal.records.rights import grant_rights

        post_migrate.connect(install_status_guards, sender=self, dispatch_uid="records.status_guards")
        post_migrate.connect(grant_rights, sender=self, dispatch_uid="records.rights")
