"""Entries of the checkpoint that waited on a device: done through the form and the action of its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import User
from portal.places.models import Place
from portal.records.refusals import Refused
from portal.records.transitions import allowed
from portal.ui.formats import vn_datetime
from repatriation.checkpoint.actions import ArrivalResult, record_arrival
from repatriation.checkpoint.forms import ArrivalForm
from repatriation.checkpoint.forms_walk_in import ArrivedFormSet, WalkInForm
from repatriation.checkpoint.offline_shown import (
    ARRIVAL,
    WALK_IN,
    known_now,
    lines_of,
    names_in,
    present_in,
)
from repatriation.checkpoint.walkins import record_walk_in
from repatriation.models import Arrival, OfflineEntry, Registration
from repatriation.offline.kinds import Done, EntryKind, query_of, register_kind
from repatriation.registration.lookup import Family, family_from, family_of
from repatriation.rules import may_record_at

HAS_COME = frozenset({Registration.Status.ARRIVED, Registration.Status.CLOSED})


def perform_arrival(
    entry: OfflineEntry, *, by: User, anyway: bool = False, destination: Place | None = None
) -> Done:
    """Record the family of the entry. Raises `Refused` when the portal knows more by now than the device did."""
    family = _family(entry)
    present = present_in(entry)
    before = Arrival.objects.filter(client_key=entry.key)
    if not before.exists():
        _require_as_believed(entry, family, present, anyway=anyway)
    form = ArrivalForm(query_of(_fields(entry, destination)), family=_all_of(family, entry))
    _require_valid(form)
    data = form.cleaned_data
    facts = form.facts()
    if {one.person.pk for one in facts} != present:
        raise Refused(_("Phiếu không còn khớp với gia đình này. Vui lòng xem lại từng người."))
    result = record_arrival(
        checkpoint=entry.place,
        registration=family.registration,
        people=facts,
        destination=data["destination"],
        address=data["address"],
        client_key=entry.key,
        vehicle_plate=data["vehicle_plate"],
        by=by,
    )
    _require_same(result)
    return _done(entry, result)


def perform_walk_in(
    entry: OfflineEntry, *, by: User, anyway: bool = False, destination: Place | None = None
) -> Done:
    """Record people without a registration."""
    query = query_of(_fields(entry, destination))
    form = WalkInForm(query)
    people: Any = ArrivedFormSet(query)
    if not people.management_form.is_valid():
        raise Refused(_("Không đọc được những người trong phiếu này. Vui lòng xem nội dung rồi nhập lại."))
    _require_valid(form, *people.forms, formset=people)
    data = form.cleaned_data
    result = record_walk_in(
        checkpoint=entry.place,
        people=people.entries(),
        seen=people.seen(data["rapid_test"]),
        destination=data["destination"],
        address=data["address"],
        phone=data["phone"],
        vehicle_plate=data["vehicle_plate"],
        rapid_test=data["rapid_test"],
        client_key=entry.key,
        by=by,
    )
    _require_same(result)
    return _done(entry, result)


def _done(entry: OfflineEntry, result: ArrivalResult) -> Done:
    """Keep when the device says that it was; the deadline goes by the server's clock."""
    people = result.arrivals
    if not result.repeated:
        Arrival.objects.filter(pk__in=[row.pk for row in people]).update(entered_at=entry.device_time)
    text = ngettext(
        "Đã ghi nhận %(count)d người: %(name)s.", "Đã ghi nhận %(count)d người: %(name)s.", len(people)
    )
    words = text % {"count": len(people), "name": people[0].person.full_name}
    return Done(words, result.repeated, {"people": len(people)})


def _fields(entry: OfflineEntry, destination: Place | None) -> list[tuple[str, str]]:
    fields = [("client_key", str(entry.key)), *entry.fields()]
    if destination is None:
        return fields
    kept = [(name, value) for name, value in fields if not name.startswith("destination")]
    return [*kept, ("destination", str(destination.pk))]


def _family(entry: OfflineEntry) -> Family:
    if entry.registration_code:
        family = family_of(entry.registration_code)
    else:
        recorder = entry.recorded_by
        token = dict(entry.fields()).get("family", "")
        family = family_from(token, recorder, max_age=None) if recorder else None
    if family is None:
        raise Refused(
            _("Không còn gia đình này trong cổng. Vui lòng tìm lại bằng số giấy tờ hoặc điện thoại.")
        )
    return family


def _all_of(family: Family, entry: OfflineEntry) -> Family:
    """Return the family without the arrivals of this very entry, which its form has to take again."""
    others = {pk: row for pk, row in family.arrived.items() if row.client_key != entry.key}
    return Family(family.people, family.registration, family.offer, others)


def _require_as_believed(entry: OfflineEntry, family: Family, present: set[int], *, anyway: bool) -> None:
    """Refuse where something newer is known: nobody is recorded twice, and nothing that ended is revived.

    All people of the entry are recorded, or nobody.
    """
    members = {person.pk for person in family.people}
    if not present <= members:
        raise Refused(_("Gia đình này đã đổi người từ lúc ghi. Vui lòng xem lại ai có mặt."))
    if come := next((family.arrived[pk] for pk in sorted(present) if pk in family.arrived), None):
        raise Refused(
            _("%(name)s đã được %(officer)s ghi nhận lúc %(time)s tại %(place)s.")
            % {
                "name": come.person.full_name,
                "officer": come.entered_by.full_name,
                "time": vn_datetime(come.at),
                "place": come.checkpoint.name,
            }
        )
    row = family.registration
    if row is None or anyway:
        return
    if not allowed(row, "arrive") and row.status not in HAS_COME:
        raise Refused(
            _(
                "Đăng ký %(code)s nay là “%(status)s”. Nếu gia đình có mặt thật, ghi như người không có đăng ký."
            )
            % {"code": row.code, "status": row.get_status_display()}
        )
    gateway = family.offer.trip.gateway if family.offer is not None else None
    if entry.content.get("more", {}).get("here") and gateway is not None and gateway.pk != entry.place_id:
        raise Refused(
            _("Chuyến của gia đình đã chuyển về %(place)s. Nếu gia đình có mặt ở đây thật, vẫn ghi được.")
            % {"place": gateway.name}
        )


def _require_valid(*all_forms: forms.Form, formset: Any = None) -> None:
    """Raise the first mistake as a sentence: nobody stands before the form any more."""
    valid = [form.is_valid() for form in all_forms]
    if formset is not None and not formset.is_valid():
        valid.append(False)
    if all(valid):
        return
    for form in all_forms:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            raise Refused(f"{label}: {errors[0]}" if label else str(errors[0]))
    raise Refused(str(formset.non_form_errors()[0]))


def _require_same(result: ArrivalResult) -> None:
    """Refuse a second content under one key: what was recorded first stands, the other is settled by somebody."""
    if result.differences:
        raise Refused(
            _("Phiếu này đã được ghi trước với nội dung khác. Vui lòng so hai nội dung rồi sửa nếu cần.")
        )


register_kind(
    EntryKind(
        key=ARRIVAL,
        title=gettext_lazy("Gia đình đến chốt"),
        may_record=may_record_at,
        perform=perform_arrival,
        names=names_in,
        lines=lines_of,
        known=known_now,
        can_be_recorded=True,
    )
)
register_kind(
    EntryKind(
        key=WALK_IN,
        title=gettext_lazy("Người không có đăng ký"),
        may_record=may_record_at,
        perform=perform_walk_in,
        names=names_in,
        lines=lines_of,
        can_be_recorded=True,
    )
)
