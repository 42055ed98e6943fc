from typing import Any

from import_export import fields, resources

from portal.records.models import Event, Read


class EventResource(resources.ModelResource):
    place = fields.Field("place__name", "place")

    class Meta:
        model = Event
        fields = [
            "at",
            "actor_kind",
            "actor_label",
            "verb",
            "subject_type",
            "subject_id",
            "from_status",
            "to_status",
            "reason",
            "place",
        ]
        export_order = fields


class ReadResource(resources.ModelResource):
    user = fields.Field("user__full_name", "user")
    place = fields.Field("place__name", "place")
    subject_ids = fields.Field("subject_ids", "subject_ids")

    class Meta:
        model = Read
        fields = ["at", "user", "kind", "subject_type", "subject_ids", "reason", "address", "place"]
        export_order = fields

    def dehydrate_subject_ids(self, row: Any) -> str:
        return " ".join(map(str, row.subject_ids))
