"""The list of people as a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from citizens.models import Person
from portal.reporting.resources import ListResource, MaskedIdentityField, MaskedPhoneField, MomentField
from portal.ui.formats import vn_date


class PersonResource(ListResource):
    """A list of people. Numbers stay masked: who needs one in full opens the person and says why."""

    full_name = Field("full_name", _("Họ và tên"))
    sex = Field("get_sex_display", _("Giới tính"))
    born = Field(column_name=_("Ngày sinh"))
    identity_number = MaskedIdentityField("identity_number", _("Số giấy tờ"))
    phone = MaskedPhoneField("phone", _("Điện thoại"))
    home_commune = Field("home_commune__name", _("Quê ở xã, phường"))
    address = Field("address", _("Địa chỉ"))
    responsible_place = Field("responsible_place__name", _("Nơi đang phụ trách"))
    arrived_at = MomentField("arrived_at", _("Qua chốt lúc"))

    def dehydrate_born(self, person: Person) -> str:
        return vn_date(person.birth_date) if person.birth_date else str(person.birth_year)
