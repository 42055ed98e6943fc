"""Forms of screening: the commune's question and refusal, the province's decision, the family's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.places.fields import PlacePickerField
from portal.places.home import home_path
from portal.places.models import Place
from portal.ui.forms import HelperMixin, offer_rows
from repatriation.forms import CampaignChoice, search_box
from repatriation.models import Screening

WAITING_FOR_US = "open"
DUE = [("", _("Mọi hạn")), ("late", _("Đã quá hạn")), ("day", _("Trong 24 giờ tới"))]


def _long(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


class ScreeningFilter(HelperMixin, CampaignChoice):
    """The filter of the list of screenings."""

    q = forms.CharField(
        label=_("Họ tên hoặc mã đăng ký"), required=False, max_length=120, widget=search_box()
    )
    status = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[
            (WAITING_FOR_US, _("Chưa xong")),
            *Screening.Status.choices,
            ("all", _("Tất cả")),
        ],
    )
    due = forms.ChoiceField(label=_("Hạn"), required=False, choices=DUE)
    commune = forms.ModelChoiceField(
        label=_("Xã, phường"), queryset=Place.objects.none(), required=False, empty_label=_("Mọi nơi")
    )

    def __init__(self, *args: Any, communes: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "commune", communes)
        if len(communes[:2]) < 2:  # an officer of one commune needs no choice
            del self.fields["commune"]


class QuestionForm(HelperMixin, forms.Form):
    """The commune's question to the family."""

    question = forms.CharField(
        label=_("Câu hỏi"),
        help_text=_("Gia đình nhận tin nhắn có đường dẫn để trả lời. Hạn xác nhận không đổi."),
        max_length=300,
        widget=_long(2, 300),
        error_messages={"required": _("Vui lòng ghi điều cần hỏi gia đình.")},
    )


class NotOursForm(HelperMixin, forms.Form):
    """The commune's refusal: why the family does not belong to it, and where it may belong."""

    suggested = PlacePickerField(
        label=_("Gia đình thuộc xã, phường nào?"),
        help_text=_("Nơi này sẽ được hỏi tiếp. Không biết thì bỏ trống, tỉnh sẽ quyết định."),
        under=home_path,
        required=False,
    )
    reason = forms.CharField(
        label=_("Vì sao?"),
        max_length=300,
        widget=_long(2, 300),
        error_messages={"required": _("Vui lòng ghi vì sao gia đình không thuộc xã, phường mình.")},
    )

    def __init__(self, *args: Any, commune: Place, **kwargs: Any) -> None:
        self.commune = commune
        super().__init__(*args, **kwargs)

    def clean_suggested(self) -> Place | None:
        place: Place | None = self.cleaned_data["suggested"]
        if place is not None and place.pk == self.commune.pk:
            raise ValidationError(
                _now("Đây chính là xã, phường mình. Vui lòng chọn nơi khác, hoặc bỏ trống.")
            )
        return place


class SettleScreeningForm(HelperMixin, forms.Form):
    """The province's decision between communes that disagree."""

    commune = PlacePickerField(label=_("Gia đình thuộc xã, phường"), under=home_path)
    reason = forms.CharField(
        label=_("Căn cứ"),
        max_length=300,
        widget=_long(2, 300),
        error_messages={"required": _("Vui lòng ghi căn cứ, các xã, phường sẽ đọc.")},
    )
    ask_again = forms.BooleanField(
        label=_("Hỏi lại nơi này trước"),
        help_text=_("Không chọn thì coi như đã xác nhận."),
        required=False,
    )


class AnswerForm(HelperMixin, forms.Form):
    """The family's answer to its commune."""

    answer = forms.CharField(
        label=_("Trả lời của gia đình"),
        max_length=500,
        widget=_long(4, 500),
        error_messages={"required": _("Vui lòng ghi câu trả lời, vài chữ cũng được.")},
    )

    def clean_answer(self) -> str:
        return " ".join(self.cleaned_data["answer"].split())
