"""Forms of the members: their names and papers, and their health."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens import identity, names
from citizens.forms import read_number
from citizens.models import Person
from portal.ui.formats import vn_date
from portal.ui.forms import BirthField, ClientKeyMixin, HelperMixin, IdentityInput, NameInput
from repatriation.registration.drafts import IDENTITY_AGE, Draft, PersonEntry, written
from repatriation.registration.forms_declared import NAMES, DeclaredForm, declared_initial


class PersonFields(forms.Form):
    """The fields of a person. A card's QR text fills them in; odd numbers get a warning later, no refusal."""

    card = forms.CharField(
        label=gettext_lazy("Nội dung mã QR trên thẻ căn cước"),
        help_text=gettext_lazy("Quét bằng máy quét hoặc dán vào đây, rồi bấm “Điền từ thẻ”."),
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        max_length=120,
        widget=NameInput,
        error_messages={"required": gettext_lazy("Vui lòng ghi họ và tên như trên giấy tờ.")},
    )
    birth = BirthField(
        label=gettext_lazy("Ngày sinh"),
        help_text=gettext_lazy("Ghi liền tám số cũng được, như 24111984. Chỉ nhớ năm thì ghi năm."),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Giới tính"),
        choices=Person.Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Vui lòng chọn nam hoặc nữ.")},
    )
    identity = forms.CharField(
        label=gettext_lazy("Số căn cước, CMND hoặc hộ chiếu"),
        help_text=gettext_lazy("Trẻ dưới 14 tuổi chưa có thì bỏ trống."),
        required=False,
        max_length=30,
        widget=IdentityInput,
    )
    no_identity = forms.BooleanField(label=gettext_lazy("Không có hoặc đã mất giấy tờ"), required=False)
    old_identity = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def clean_full_name(self) -> str:
        try:
            return names.read_name(self.cleaned_data["full_name"])
        except names.BadName as error:
            raise ValidationError(str(error)) from error

    def clean_identity(self) -> str:
        text = self.cleaned_data["identity"]
        if not text:
            return ""
        return read_number(text)

    def clean_old_identity(self) -> str:
        text = self.cleaned_data["old_identity"]
        return identity.normalise(text) if identity.classify(text) == identity.NumberKind.CMND else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, born = data.get("identity"), data.get("birth")
        if number == "" and born and not data.get("no_identity"):
            age = timezone.localdate().year - born.year
            if age > IDENTITY_AGE:
                self.add_error("identity", self.no_number)
        return data

    no_number = gettext_lazy("Vui lòng ghi số giấy tờ, hoặc chọn “Không có hoặc đã mất giấy tờ” ở dưới.")

    def apply_to(self, base: PersonEntry) -> PersonEntry:
        """Return the entry with the typed fields; its answers about health stay."""
        data = self.cleaned_data
        changed = replace(
            base,
            full_name=data["full_name"],
            birth=written(data["birth"]),
            sex=data["sex"],
            identity=data["identity"],
            no_identity=data["no_identity"] and not data["identity"],
            old_identity=data["old_identity"] if data["identity"] else "",
        )
        return changed if changed.may_be_pregnant else replace(changed, is_pregnant=False)


def card_values(text: str) -> dict[str, Any]:
    """Return initial values from a card's QR text. Raises `CardQrError`."""
    card = identity.parse_card_qr(text)
    return {
        "full_name": card.full_name.title() if card.full_name.isupper() else card.full_name,
        "birth": str(card.birth) if isinstance(card.birth, int) else vn_date(card.birth),
        "sex": str(card.sex or ""),
        "identity": card.number,
        "old_identity": card.old_number,
    }


class MemberForm(HelperMixin, ClientKeyMixin, PersonFields):
    """The form of one member, on a page of its own."""

    layout = (
        "client_key",
        "old_identity",
        HTML('{% include "repatriation/registration/_card.html" %}'),
        "full_name",
        "birth",
        "sex",
        "identity",
        "no_identity",
    )

    def __init__(
        self, data: Any = None, *, draft: Draft, entry: PersonEntry | None = None, **kwargs: Any
    ) -> None:
        self.draft, self.entry = draft, entry
        stored = {}
        if entry is not None:
            names = ("full_name", "birth", "sex", "identity", "no_identity", "old_identity")
            stored = {"client_key": entry.key, **{name: getattr(entry, name) for name in names}}
        super().__init__(data, initial={**stored, **kwargs.pop("initial", {})}, **kwargs)
        self.depends = ("identity",)  # on the age

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number, own = data.get("identity"), {self.key, getattr(self._known(data), "key", "")}
        for other in self.draft.people:
            if number and other.identity == number and other.key not in own:
                self.add_error(
                    "identity", _("Số này đã ghi cho %(name)s. Vui lòng xem lại.") % {"name": other.full_name}
                )
        return data

    @property
    def key(self) -> str:
        return self.entry.key if self.entry else str(self.cleaned_data.get("client_key", ""))

    def person(self) -> PersonEntry:
        """Return the changed entry. A person who is added again, after going back, is the entry already there."""
        new = PersonEntry(key=self.key, full_name="", birth="", sex="")
        return self.apply_to(self.draft.person(self.key) or self._known(self.cleaned_data) or new)

    def _known(self, data: dict[str, Any]) -> PersonEntry | None:
        """Return the entry already in the list with the same name and birth, when a person is added."""
        if self.entry is not None or not data.get("full_name") or not data.get("birth"):
            return None
        return self.draft.same_as(self.key, data["full_name"], data["birth"], data.get("identity") or "")

    @property
    def is_touched(self) -> bool:
        """Return whether anything was typed."""
        return bool(set(self.changed_data) - {"client_key"})


class HealthForm(HelperMixin, DeclaredForm):
    """The form of one member's health: what counts for the score, and declared doses and tests, which are optional.

    Pregnancy is asked of women of 12 to 55 only.
    """

    is_pregnant = forms.BooleanField(label=gettext_lazy("Đang mang thai"), required=False)
    has_chronic_illness = forms.BooleanField(
        label=gettext_lazy("Có bệnh nền"),
        help_text=gettext_lazy("Tim mạch, tiểu đường, huyết áp, hen, ung thư, bệnh thận…"),
        required=False,
    )
    has_disability = forms.BooleanField(label=gettext_lazy("Là người khuyết tật"), required=False)
    MARKS = ("is_pregnant", "has_chronic_illness", "has_disability")

    def __init__(self, data: Any = None, *, entry: PersonEntry) -> None:
        self.entry = entry
        stored = {name: getattr(entry, name) for name in self.MARKS} | declared_initial(entry)
        super().__init__(data, initial=stored)
        if not entry.may_be_pregnant:
            del self.fields["is_pregnant"]
        self.depends = NAMES  # the part about doses and tests is optional
        marks = [name for name in self.MARKS if name in self.fields]
        self.layout = (*marks, HTML('{% include "repatriation/registration/_declared.html" %}'))

    @property
    def declared_open(self) -> bool:
        """Return whether the part about doses and tests is shown unfolded."""
        return any(self[name].value() not in (None, "") for name in NAMES) or any(
            name in self.errors for name in NAMES
        )

    @property
    def declared_questions(self) -> list[forms.BoundField]:
        return [self[name] for name in NAMES]

    def person(self) -> PersonEntry:
        marks = {name: self.cleaned_data[name] for name in self.MARKS if name in self.fields}
        return replace(self.entry, health_told=True, **marks, **self.declared())
