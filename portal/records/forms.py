from django import forms
from django.utils.translation import gettext_lazy as _

from portal.records.models import Event, Read
from portal.records.verbs import verb_choices
from portal.ui.forms import HelperMixin, VietnameseDateField

ANY = [("", _("Tất cả"))]


class EventFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Người làm"), required=False)
    verb = forms.ChoiceField(label=_("Việc"), required=False, choices=lambda: [*ANY, *verb_choices()])
    actor_kind = forms.ChoiceField(
        label=_("Bên"),
        required=False,
        choices=[*ANY, *Event.ACTOR_KINDS],
    )
    day = VietnameseDateField(label=_("Ngày"), required=False)


class ReadFilter(HelperMixin, forms.Form):
    q = forms.CharField(label=_("Người xem"), required=False)
    kind = forms.ChoiceField(
        label=_("Loại"),
        required=False,
        choices=[*ANY, *Read.KINDS],
    )
    day = VietnameseDateField(label=_("Ngày"), required=False)
