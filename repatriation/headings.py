"""Officers' lists as spreadsheets. Numbers stay masked: who needs one in full opens the person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.fields import Field

from portal.accounts.models import User
from portal.ui.formats import mask_identity, mask_phone, vn_date, vn_datetime
from repatriation.models import Arrival, Handover, ImportBatch, Registration
from repatriation.queue.positions import reason_sentence
from repatriation.rules import may_see_health_of_arrival, may_see_health_of_some_arrival

NAME, BIRTH_YEAR = gettext_lazy("Họ và tên"), gettext_lazy("Năm sinh")
NUMBER, PHONE = gettext_lazy("Số giấy tờ"), gettext_lazy("Điện thoại")
CODE, STATUS = gettext_lazy("Mã đăng ký"), gettext_lazy("Trạng thái")
HOME, CHECKPOINT = gettext_lazy("Về xã, phường"), gettext_lazy("Chốt")


class QueueResource(resources.ModelResource):
    """The queue in its order."""

    code = Field("code", CODE)
    head = Field(column_name=NAME)
    people = Field("people", gettext_lazy("Số người"))
    status = Field("get_status_display", STATUS)
    score = Field("score", gettext_lazy("Điểm"))
    reasons = Field(column_name=gettext_lazy("Vì sao"))
    origin = Field("origin__name", gettext_lazy("Đang ở"))
    home_commune = Field("home_commune__name", HOME)
    phone = Field(column_name=PHONE)
    travel_from = Field(column_name=gettext_lazy("Đi được từ ngày"))
    travel_until = Field(column_name=gettext_lazy("Đi được đến hết ngày"))
    channel = Field("get_channel_display", gettext_lazy("Cách đăng ký"))
    registered_at = Field(column_name=gettext_lazy("Đăng ký lúc"))

    class Meta:
        model = Registration
        fields = [
            "code",
            "head",
            "people",
            "status",
            "score",
            "reasons",
            "origin",
            "home_commune",
            "phone",
            "travel_from",
            "travel_until",
            "channel",
            "registered_at",
        ]
        export_order = fields

    def dehydrate_head(self, row: Registration) -> str:
        return row.head.person.full_name

    def dehydrate_reasons(self, row: Registration) -> str:
        return reason_sentence(row)

    def dehydrate_phone(self, row: Registration) -> str:
        return mask_phone(row.phone)

    def dehydrate_travel_from(self, row: Registration) -> str:
        return vn_date(row.travel_from)

    def dehydrate_travel_until(self, row: Registration) -> str:
        return vn_date(row.travel_until)

    def dehydrate_registered_at(self, row: Registration) -> str:
        return vn_datetime(row.registered_at)


class ImportBatchResource(resources.ModelResource):
    """The lists that were sent."""

    file_name = Field("file_name", gettext_lazy("Tệp"))
    campaign = Field("campaign__name", gettext_lazy("Đợt"))
    created_by = Field("created_by__full_name", gettext_lazy("Người gửi"))
    created_at = Field(column_name=gettext_lazy("Gửi lúc"))
    status = Field("get_status_display", STATUS)
    rows = Field("rows", gettext_lazy("Số dòng"))
    rows_wrong = Field("rows_wrong", gettext_lazy("Dòng có lỗi"))
    families = Field("families", gettext_lazy("Gia đình"))
    families_good = Field("families_good", gettext_lazy("Gia đình nhập được"))

    class Meta:
        model = ImportBatch
        fields = ["file_name", "campaign", "created_by", "created_at", "status", "rows", "rows_wrong"]
        fields += ["families", "families_good"]
        export_order = fields

    def dehydrate_created_at(self, row: ImportBatch) -> str:
        return vn_datetime(row.created_at)


class ArrivalResource(resources.ModelResource):
    """Who passed a checkpoint: one row a person, as `user` may know them."""

    HEALTH = ("temperature", "has_symptoms", "rapid_test")

    at = Field(column_name=gettext_lazy("Đến lúc"))
    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    identity_number = Field(column_name=NUMBER)
    checkpoint = Field("checkpoint__name", CHECKPOINT)
    trip = Field("trip__code", gettext_lazy("Chuyến xe"))
    means = Field("get_means_display", gettext_lazy("Đi bằng"))
    destination = Field("destination__name", HOME)
    address = Field("address", gettext_lazy("Địa chỉ sẽ ở"))
    temperature = Field("temperature", gettext_lazy("Nhiệt độ (°C)"))
    has_symptoms = Field(column_name=gettext_lazy("Có triệu chứng"))
    rapid_test = Field("get_rapid_test_display", gettext_lazy("Test nhanh"))
    decision = Field("get_decision_display", gettext_lazy("Hướng xử lý"))

    class Meta:
        model = Arrival
        fields = [
            "at",
            "full_name",
            "birth_year",
            "identity_number",
            "checkpoint",
            "trip",
            "means",
            "destination",
            "address",
            "temperature",
            "has_symptoms",
            "rapid_test",
            "decision",
        ]
        export_order = fields

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user

    def get_export_fields(self, selected_fields: Any = None) -> list[Field]:
        """Without what was measured for somebody who may know it of nobody."""
        found: list[Field] = super().get_export_fields(selected_fields)
        if may_see_health_of_some_arrival(self.user):
            return found
        return [field for field in found if field not in [self.fields[name] for name in self.HEALTH]]

    def _shows_health(self, row: Arrival) -> bool:
        return may_see_health_of_arrival(self.user, row.checkpoint, row.destination)

    def dehydrate_temperature(self, row: Arrival) -> Any:
        return row.temperature if self._shows_health(row) else None

    def dehydrate_rapid_test(self, row: Arrival) -> str:
        return row.get_rapid_test_display() if self._shows_health(row) else ""

    def dehydrate_at(self, row: Arrival) -> str:
        return vn_datetime(row.at)

    def dehydrate_identity_number(self, row: Arrival) -> str:
        return mask_identity(row.person.identity_number)

    def dehydrate_has_symptoms(self, row: Arrival) -> str:
        return _("có") if row.has_symptoms and self._shows_health(row) else ""


class HandoverResource(resources.ModelResource):
    """One row a person and link of a chain."""

    full_name = Field("person__full_name", NAME)
    birth_year = Field("person__birth_year", BIRTH_YEAR)
    identity_number = Field(column_name=NUMBER)
    from_place = Field("from_place__name", CHECKPOINT)
    to_place = Field("to_place__name", gettext_lazy("Nơi nhận"))
    status = Field("get_status_display", STATUS)
    sent_at = Field(column_name=gettext_lazy("Gửi lúc"))
    deadline = Field(column_name=gettext_lazy("Hạn nhận"))
    overdue = Field(column_name=gettext_lazy("Quá hạn"))
    decided_at = Field(column_name=gettext_lazy("Trả lời lúc"))
    reason = Field("reason", gettext_lazy("Lý do"))
    home_safe_at = Field(column_name=gettext_lazy("Về nhà lúc"))

    class Meta:
        model = Handover
        fields = [
            "full_name",
            "birth_year",
            "identity_number",
            "from_place",
            "to_place",
            "status",
            "sent_at",
            "deadline",
            "overdue",
            "decided_at",
            "reason",
            "home_safe_at",
        ]
        export_order = fields

    def dehydrate_identity_number(self, row: Handover) -> str:
        return mask_identity(row.person.identity_number)

    def dehydrate_overdue(self, row: Handover) -> str:
        return _("có") if row.is_overdue else ""

    def dehydrate_sent_at(self, row: Handover) -> str:
        return vn_datetime(row.sent_at)

    def dehydrate_deadline(self, row: Handover) -> str:
        return vn_datetime(row.deadline)

    def dehydrate_decided_at(self, row: Handover) -> str:
        return vn_datetime(row.decided_at)

    def dehydrate_home_safe_at(self, row: Handover) -> str:
        return vn_datetime(row.home_safe_at)
