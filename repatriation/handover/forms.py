"""Forms of handovers: a refusal, where people are sent on, a transfer, an exception, and the filters of the lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from citizens.models import Person
from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import ClientKeyMixin, HelperMixin, VietnameseDateField, offer_choices, offer_rows
from repatriation.forms import ReasonForm, TimeField, reason_field, search_box
from repatriation.models import Handover, HandoverException

Kind = HandoverException.Kind


class RefuseForm(ReasonForm):
    """Why a commune cannot take people, and where they belong, if it knows."""

    proposed_place = PlacePickerField(
        label=_("Đúng ra về xã, phường (nếu biết)"), under=home_path, required=False
    )


class RerouteForm(HelperMixin, forms.Form):
    """The place to which the province sends people on."""

    to_place = PlacePickerField(label=_("Chuyển đến xã, phường"), under=home_path)
    reason = forms.CharField(label=_("Lý do"), max_length=300, required=False)


class PeopleForm(HelperMixin, forms.Form):
    """A form about some people of a family, each with a box."""

    people = forms.MultipleChoiceField(
        label=_("Những ai"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vui lòng đánh dấu ít nhất một người.")},
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.pk), f"{person.full_name}, {person.birth_year}") for person in people]
        offer_choices(self, "people", choices)
        self.fields["people"].initial = [key for key, _label in choices]

    def chosen(self) -> set[int]:
        return {int(key) for key in self.cleaned_data["people"]}


class TransferForm(PeopleForm, ClientKeyMixin):
    """People who go on to live in another commune."""

    to_place = PlacePickerField(label=_("Chuyển đến xã, phường"), under=home_path)
    address = forms.CharField(label=_("Số nhà, ấp, khu phố ở nơi đến"), max_length=200, required=False)
    needs = forms.CharField(
        label=_("Cần giúp"),
        help_text=_("Ví dụ: chạy thận thứ năm, cần xe lăn. Nơi nhận đọc dòng này trước tiên."),
        max_length=200,
        required=False,
    )
    reason = reason_field()
    field_order = ("people", "to_place", "address", "needs", "reason", "client_key")


class ExceptionForm(PeopleForm):
    """People whom no commune of the province receives."""

    kind = forms.ChoiceField(label=_("Trường hợp"), choices=[("", "—"), *Kind.choices])
    where = forms.CharField(
        label=_("Đang ở đâu"),
        help_text=_("Ví dụ: Bệnh viện Chợ Rẫy, Thành phố Hồ Chí Minh"),
        max_length=200,
    )
    taken_over_by = forms.CharField(
        label=_("Ai đã nhận"), help_text=_("Tên người hoặc đơn vị"), max_length=160, required=False
    )
    day = VietnameseDateField(label=_("Từ ngày"), future=False)
    hour = TimeField(label=_("Từ lúc"), help_text=_("Ví dụ 08:00"), max_length=8)
    reason = reason_field()
    depends = ("taken_over_by",)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") != Kind.DIED and data.get("kind") and not data.get("taken_over_by"):
            self.add_error("taken_over_by", _("Vui lòng ghi ai đã nhận người này."))
        if data.get("day") and data.get("hour"):
            data["at"] = timezone.make_aware(dt.datetime.combine(data["day"], data["hour"]))
            if data["at"] > timezone.now():
                self.add_error("hour", _("Giờ này chưa tới. Vui lòng ghi lúc đã xảy ra."))
        return data

    def values(self) -> dict[str, Any]:
        names = ("kind", "where", "taken_over_by", "at", "reason")
        return {name: self.cleaned_data[name] for name in names}


class HandoverFilter(HelperMixin, forms.Form):
    q = forms.CharField(
        label=_("Họ tên hoặc mã đăng ký"), required=False, max_length=120, widget=search_box()
    )
    status = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[*Handover.Status.choices, ("all", _("Tất cả"))]
    )
    kind = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[("", _("Tất cả")), *Handover.Kind.choices]
    )
    commune = forms.ModelChoiceField(
        label=_("Nơi nhận"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi nơi")
    )
    overdue = forms.BooleanField(label=_("Chỉ xem quá hạn"), required=False)

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "commune", communes)
        if len(communes[:2]) < 2:  # an officer of one commune has nothing to choose
            del self.fields["commune"]


class ExceptionFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Họ tên"), required=False, max_length=120, widget=search_box())
    kind = forms.ChoiceField(
        label=_("Trường hợp"), required=False, choices=[("", _("Tất cả")), *Kind.choices]
    )
