"""Forms of the rules of the queue, with a line for each rule, and the filter of the queue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.places.models import Place
from portal.places.order import vietnamese
from portal.ui.forms import HelperMixin, NumberInput, offer_rows
from repatriation.forms import search_box
from repatriation.models import Campaign, Registration, RuleSet
from repatriation.queue.params import Number
from repatriation.queue.rule_words import KINDS, kind_of, make_rule

MOST_RULES = 30
NEW_LINES = 3
MOST_POINTS = 1_000
WHOLE_NUMBER = _("Vui lòng ghi một số nguyên, ví dụ 36.")


class StartForm(HelperMixin, forms.Form):
    """The campaign for which a version is drafted, and the version that is copied."""

    campaign = forms.ModelChoiceField(queryset=Campaign.objects.all(), widget=forms.HiddenInput)
    based_on = forms.ModelChoiceField(
        label=_("Soạn từ bản"),
        queryset=RuleSet.objects.filter(
            status__in=[RuleSet.Status.PUBLISHED, RuleSet.Status.REPLACED]
        ).order_by(*vietnamese("name"), "-version"),
        empty_label=None,
    )


class SourceForm(HelperMixin, forms.Form):
    """The source of a version; families read it."""

    source = forms.CharField(
        label=_("Căn cứ"),
        help_text=_("Văn bản nào, ngày nào; phần nào do tỉnh tự đặt."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
    )
    source_en = forms.CharField(
        label=_("Căn cứ, bằng tiếng Anh"),
        help_text=_("Cho người đọc trang tiếng Anh. Bỏ trống thì trang đó dùng căn cứ tiếng Việt."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
    )


class RuleForm(HelperMixin, forms.Form):
    """One rule."""

    kind = forms.ChoiceField(
        label=_("Điều kiện"),
        choices=[("", "—"), *((key, kind.label) for key, kind in KINDS.items())],
    )
    number = forms.IntegerField(
        label=_("N (tháng, tuổi, ngày)"),
        required=False,
        min_value=Number.least,
        max_value=Number.most,
        widget=NumberInput,
        error_messages={"invalid": WHOLE_NUMBER},
    )
    places = forms.CharField(
        label=_("Mã tỉnh, xã của vùng"),
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    points = forms.IntegerField(
        label=_("Điểm"),
        min_value=1,
        max_value=MOST_POINTS,
        widget=NumberInput,
        error_messages={"invalid": WHOLE_NUMBER},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = KINDS.get(data.get("kind", ""))
        if kind is None:
            return data
        if kind.number and data.get("number") is None and "number" not in self.errors:
            self.add_error("number", _("Vui lòng ghi số N cho điều kiện này, ví dụ 36."))
        if kind.places:
            self._clean_places(data)
        return data

    def _clean_places(self, data: dict[str, Any]) -> None:
        codes = re.findall(r"[^\s,;]+", data.get("places", ""))
        if not codes:
            self.add_error(
                "places", _("Vui lòng ghi mã của tỉnh, thành phố hoặc xã, phường, ví dụ 79, 27592.")
            )
        kinds = [Place.Kind.PROVINCE, Place.Kind.COMMUNE]
        known = set(
            Place.objects.active().filter(kind__in=kinds, code__in=codes).values_list("code", flat=True)
        )
        unknown = [code for code in codes if code not in known]
        if unknown:
            text = _now("Không có nơi nào mang mã %(codes)s. Vui lòng kiểm tra lại.")
            self.add_error("places", text % {"codes": ", ".join(unknown)})
        data["codes"] = sorted(set(codes))

    def rule(self) -> dict[str, Any]:
        data = self.cleaned_data
        return make_rule(data["kind"], data["points"], data["number"], data.get("codes", []))


class Rules(BaseFormSet):
    """The lines of a version. Empty lines and lines marked for removal are left out."""

    def clean(self) -> None:
        if any(self.errors):
            return
        conditions = [(rule["predicate"], str(rule["params"])) for rule in self.rules()]
        if len(conditions) != len(set(conditions)):
            raise ValidationError(_("Có hai dòng cùng một điều kiện. Vui lòng bỏ bớt một dòng."))

    def rules(self) -> list[dict[str, Any]]:
        return [
            form.rule()
            for form in self.forms
            if form.cleaned_data.get("kind") and not form.cleaned_data.get("DELETE")
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Bỏ dòng này")


RulesFormSet = formset_factory(
    RuleForm, formset=Rules, extra=NEW_LINES, max_num=MOST_RULES, validate_max=True, can_delete=True
)


def lines_of(rule_set: RuleSet) -> list[dict[str, Any]]:
    """Return the stored rules as initial values of the form's lines."""
    return [
        {
            "kind": kind_of(rule),
            "points": rule["points"],
            "number": rule["params"].get(KINDS[kind_of(rule)].number),
            "places": ", ".join(rule["params"].get("places", [])),
        }
        for rule in rule_set.rules
    ]


class QueueFilter(HelperMixin, forms.Form):
    """The filter of a campaign's queue."""

    q = forms.CharField(
        label=_("Mã đăng ký, điện thoại hoặc họ tên"), required=False, max_length=120, widget=search_box()
    )
    campaign = forms.TypedChoiceField(label=_("Đợt"), required=False, empty_value=None)
    origin = forms.ModelChoiceField(
        label=_("Đang ở"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi nơi")
    )
    commune = forms.ModelChoiceField(
        label=_("Quê ở"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi xã, phường")
    )
    status = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[
            (value, label)
            for value, label in Registration.Status.choices
            if value != Registration.Status.DRAFT
        ],
    )

    channel = forms.ChoiceField(
        label=_("Cách đăng ký"), required=False, choices=[("", _("Mọi cách")), *Registration.Channel.choices]
    )

    held = forms.BooleanField(label=_("Chỉ xem gia đình đang tạm giữ"), required=False)

    def __init__(
        self, *args: Any, campaigns: Iterable[Campaign], communes: QuerySet[Place], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        by_id = {str(campaign.pk): campaign for campaign in campaigns}
        campaign = self.fields["campaign"]
        assert isinstance(campaign, forms.TypedChoiceField)
        campaign.choices = [(key, str(row)) for key, row in by_id.items()]
        campaign.coerce = by_id.__getitem__
        offer_rows(self, "commune", communes)
        provinces = Place.objects.active().filter(kind=Place.Kind.PROVINCE).by_name()
        offer_rows(self, "origin", provinces)
