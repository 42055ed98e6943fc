"""The list of people as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field

from citizens.models import Person
from portal.ui.formats import mask_identity, mask_phone, vn_date, vn_datetime


class PersonResource(resources.ModelResource):
    """A list of people. Numbers stay masked: who needs one in full opens the person and says why."""

    full_name = Field("full_name", _("Họ và tên"))
    sex = Field("get_sex_display", _("Giới tính"))
    born = Field(column_name=_("Ngày sinh"))
    identity_number = Field(column_name=_("Số giấy tờ"))
    phone = Field(column_name=_("Điện thoại"))
    home_commune = Field("home_commune__name", _("Quê ở xã, phường"))
    address = Field("address", _("Địa chỉ"))
    responsible_place = Field("responsible_place__name", _("Nơi đang phụ trách"))
    arrived_at = Field(column_name=_("Qua chốt lúc"))

    class Meta:
        model = Person
        fields = [
            "full_name",
            "sex",
            "born",
            "identity_number",
            "phone",
            "home_commune",
            "address",
            "responsible_place",
            "arrived_at",
        ]
        export_order = fields

    def dehydrate_born(self, person: Person) -> str:
        return vn_date(person.birth_date) if person.birth_date else str(person.birth_year)

    def dehydrate_identity_number(self, person: Person) -> str:
        return mask_identity(person.identity_number or "")

    def dehydrate_phone(self, person: Person) -> str:
        return mask_phone(person.phone)

    def dehydrate_arrived_at(self, person: Person) -> str:
        return vn_datetime(person.arrived_at)
