"""Sentences with which an arrival form is refused: they name who entered the people before."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.records.refusals import Refused
from portal.ui.formats import vn_datetime
from repatriation.models import Arrival, Registration


def nobody_chosen(registration: Registration | None) -> Refused:
    """Return the refusal for a form on which nobody is marked.

    Where a colleague entered the whole family meanwhile, it names the colleague.
    """
    if registration is not None:
        entered = Arrival.objects.standing().filter(registration=registration, person=OuterRef("person"))
        if not registration.members.exclude(Exists(entered)).exists():
            return Refused(already_entered([], registration))
    return Refused(_("Chưa chọn ai có mặt. Vui lòng đánh dấu ít nhất một người."))


def already_entered(people: Sequence[Person], registration: Registration | None) -> str:
    """Say who entered these people, when and where."""
    rows = Arrival.objects.standing().filter(person__in=people)
    if registration is not None:
        members = Arrival.objects.standing().filter(registration=registration)
        of_family = members & rows if people else members
        rows = of_family if of_family.exists() else rows
    row = rows.select_related("person", "checkpoint", "entered_by").first()
    if row is None:
        return _("Có người vừa được ghi nhận ở nơi khác. Vui lòng quét lại mã để xem.")
    return _("%(name)s đã được %(officer)s ghi nhận lúc %(time)s tại %(place)s. Không cần nhập lại.") % {
        "name": row.person.full_name,
        "officer": row.entered_by.full_name,
        "time": vn_datetime(row.at),
        "place": row.checkpoint.name,
    }
