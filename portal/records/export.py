"""The logs as spreadsheets, in the words of their pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field

from portal.records.models import Event, Read
from portal.ui.formats import vn_datetime


class EventResource(resources.ModelResource):
    """What was changed."""

    at = Field(column_name=_("Lúc"))
    actor_label = Field("actor_label", _("Ai"))
    actor_kind = Field("get_actor_kind_display", _("Bên"))
    verb = Field("verb_label", _("Việc"))
    subject = Field("subject_label", _("Trên"))
    subject_id = Field("subject_id", _("Số thứ tự dòng"))
    from_status = Field("from_label", _("Trạng thái trước"))
    to_status = Field("to_label", _("Trạng thái sau"))
    reason = Field("reason", _("Lý do"))
    place = Field("place__name", _("Nơi"))

    class Meta:
        model = Event
        fields = [
            "at",
            "actor_label",
            "actor_kind",
            "verb",
            "subject",
            "subject_id",
            "from_status",
            "to_status",
            "reason",
            "place",
        ]
        export_order = fields

    def dehydrate_at(self, row: Event) -> str:
        return vn_datetime(row.at)


class ReadResource(resources.ModelResource):
    """Who looked."""

    at = Field(column_name=_("Lúc"))
    user = Field("user__full_name", _("Ai"))
    kind = Field("get_kind_display", _("Loại"))
    subject = Field("subject_label", _("Trên"))
    subject_ids = Field(column_name=_("Số thứ tự dòng"))
    reason = Field("reason", _("Lý do"))
    address = Field("address", _("Từ địa chỉ"))
    place = Field("place__name", _("Nơi"))

    class Meta:
        model = Read
        fields = ["at", "user", "kind", "subject", "subject_ids", "reason", "address", "place"]
        export_order = fields

    def dehydrate_at(self, row: Read) -> str:
        return vn_datetime(row.at)

    def dehydrate_subject_ids(self, row: Read) -> str:
        return " ".join(map(str, row.subject_ids))
