"""The logs as spreadsheets, under the headings of their pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from portal.reporting.resources import ListResource, MomentField, ShownField


class EventResource(ListResource):
    """The log of changes."""

    at = MomentField("at", _("Lúc"))
    actor_label = Field("actor_label", _("Ai"))
    actor_kind = Field("get_actor_kind_display", _("Bên"))
    verb = Field("verb_label", _("Việc"))
    subject = Field("subject_label", _("Trên"))
    subject_id = Field("subject_id", _("Số thứ tự dòng"))
    from_status = Field("from_label", _("Trạng thái trước"))
    to_status = Field("to_label", _("Trạng thái sau"))
    reason = Field("reason", _("Lý do"))
    place = Field("place__name", _("Nơi"))


class ReadResource(ListResource):
    """The log of reads."""

    at = MomentField("at", _("Lúc"))
    user = Field("user__full_name", _("Ai"))
    kind = Field("get_kind_display", _("Loại"))
    subject = Field("subject_label", _("Trên"))
    subject_ids = ShownField("subject_ids", _("Số thứ tự dòng"), show=lambda ids: " ".join(map(str, ids)))
    reason = Field("reason_in_words", _("Lý do"))
    address = Field("address", _("Từ địa chỉ"))
    place = Field("place__name", _("Nơi"))
