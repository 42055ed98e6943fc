"""Forms for how many people communes take in on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.places.models import Place
from portal.ui.forms import HelperMixin, NumberInput, VietnameseDateField, offer_rows
from repatriation.forms import search_box
from repatriation.intake.actions import LONGEST_RANGE

MOST_PEOPLE = 9_999


class IntakeFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Tên xã, phường"), required=False, max_length=80, widget=search_box())
    first = VietnameseDateField(ahead=True, label=_("Từ ngày"), required=False)
    only = forms.ChoiceField(
        label=_("Chỉ xem"),
        required=False,
        choices=[("", _("Tất cả")), ("limited", _("Nơi có giới hạn")), ("full", _("Nơi có ngày đã đủ"))],
    )


class IntakeForm(HelperMixin, forms.Form):
    """A limit for some communes and a range of days; the communes are ticked in the list."""

    communes = forms.ModelMultipleChoiceField(
        label=_("Các xã, phường"),
        queryset=Place.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _(
                "Có nơi không thuộc địa bàn của anh/chị. Vui lòng tải lại trang và chọn lại."
            ),
            "invalid_pk_value": _(
                "Có nơi không thuộc địa bàn của anh/chị. Vui lòng tải lại trang và chọn lại."
            ),
        },
    )
    everywhere = forms.BooleanField(label=_("Mọi xã, phường trong địa bàn của anh/chị"), required=False)
    first_day = VietnameseDateField(ahead=True, label=_("Từ ngày"))
    last_day = VietnameseDateField(ahead=True, label=_("Đến hết ngày"))
    people_limit = forms.IntegerField(
        label=_("Mỗi ngày nhận tối đa (người)"),
        help_text=_("Ghi 0 nếu không nhận ai."),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=NumberInput,
        error_messages={"invalid": _("Vui lòng ghi một số nguyên, ví dụ 20.")},
    )
    no_limit = forms.BooleanField(label=_("Bỏ giới hạn các ngày này"), required=False)
    layout: tuple[Any, ...] = (
        Div("first_day", "last_day", css_class="split split-half"),
        "people_limit",
        "no_limit",
        "everywhere",
    )

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = communes
        offer_rows(self, "communes", communes)
        if len(communes[:2]) == 1:  # an officer of one commune has nothing to choose
            del self.fields["everywhere"]
            self.layout = self.layout[:-1]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("no_limit"):
            data["people_limit"] = None
        elif data.get("people_limit") is None and "people_limit" not in self.errors:
            self.add_error("people_limit", _("Vui lòng ghi số người, hoặc chọn bỏ giới hạn."))
        first, last = data.get("first_day"), data.get("last_day")
        if first and first < timezone.localdate():
            self.add_error("first_day", _("Ngày này đã qua. Vui lòng chọn từ hôm nay trở đi."))
        if first and last and last < first:
            self.add_error("last_day", _("Ngày cuối phải từ ngày đầu trở đi."))
        elif first and last and last - first > LONGEST_RANGE:
            self.add_error("last_day", _("Khoảng ngày không đúng. Vui lòng chọn tối đa hai tháng."))
        if data.get("everywhere") or "everywhere" not in self.fields:
            data["communes"] = self.mine
        elif not data.get("communes") and "communes" not in self.errors:
            self.add_error(
                "everywhere",
                _("Chưa chọn nơi nào. Vui lòng đánh dấu xã, phường trong bảng, hoặc chọn mọi nơi."),
            )
        return data


def first_days(today: dt.date) -> dict[str, dt.date]:
    """Return the days that the form proposes: the coming week."""
    return {"first_day": today + dt.timedelta(days=1), "last_day": today + dt.timedelta(days=7)}
