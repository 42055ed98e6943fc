"""What an entry of the checkpoint says, and what the portal knows now of the people whom it names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.inputs import whole_number
from portal.places.models import Place
from portal.ui.formats import vn_datetime
from quarantine.models.check import Symptom
from repatriation.checkpoint.forms import ArrivalForm
from repatriation.checkpoint.forms_walk_in import ArrivedFormSet, WalkInForm
from repatriation.models import Arrival, Handover, OfflineEntry
from repatriation.offline.kinds import Known, query_of
from repatriation.registration.lookup import Family, family_of

ARRIVAL, WALK_IN = "arrival", "walk_in"
HERE = re.compile(r"here_(\d{1,18})")
NAME = re.compile(r"\w+-\d+-full_name")


def present_in(entry: OfflineEntry) -> set[int]:
    """Return the ids of the people whom the officer marked as present."""
    return {int(found[1]) for name, value in entry.fields() if (found := HERE.fullmatch(name)) and value}


def names_in(entry: OfflineEntry) -> list[str]:
    if entry.kind == WALK_IN:
        return [value for name, value in entry.fields() if NAME.fullmatch(name) and value]
    present = sorted(present_in(entry))
    names = dict(Person.objects.filter(pk__in=present).values_list("pk", "full_name"))
    return [names[pk] for pk in present if pk in names]


def lines_of(entry: OfflineEntry) -> list[tuple[str, str]]:
    """Return what the entry says, field by field in the words of the form, where the form still has the field."""
    labels = _labels(entry)
    return [
        (labels.get(name, name), _said(name, value))
        for name, value in entry.fields()
        if value and name in labels
    ]


def _labels(entry: OfflineEntry) -> dict[str, str]:
    fields: Iterable[tuple[str, forms.Field]]
    if entry.kind == WALK_IN:
        lines = ArrivedFormSet(query_of(entry.fields()))
        rows = list(lines.forms) if lines.management_form.is_valid() else []
        fields = [
            *WalkInForm().fields.items(),
            *((form.add_prefix(name), field) for form in rows for name, field in form.fields.items()),
        ]
    else:
        present = Person.objects.filter(pk__in=present_in(entry)).order_by("pk")
        people = list(present)
        if not people:
            return {}
        fields = ArrivalForm(family=Family(people)).fields.items()
    return {name: str(field.label) for name, field in fields if name != "client_key" and field.label}


def _said(name: str, value: str) -> str:
    if name == "destination" or name.startswith("facility_"):
        place = Place.objects.filter(pk=whole_number(value) or 0).first()
        return place.name if place else value
    choices = {
        **{key: str(label) for key, label in Arrival.Decision.choices},
        **{key: str(label) for key, label in Arrival.RapidTest.choices},
        **{key: str(label) for key, label in Arrival.Paper.choices},
        **{key: str(label) for key, label in Symptom.choices},
        "on": _("có"),
    }
    return choices.get(value, value)


def known_now(entry: OfflineEntry, user: User) -> list[Known]:
    """Return what the portal knows now of each person of an entry: where they passed, and who answers for them."""
    if entry.kind == WALK_IN:
        return []
    people = Person.objects.filter(pk__in=present_in(entry)).select_related("responsible_place")
    arrivals: dict[int, Arrival] = {}
    rows = Arrival.objects.standing().filter(person__in=people).select_related("checkpoint", "entered_by")
    for row in rows.order_by("at"):
        arrivals[row.person_id] = row
    seen = set(
        Arrival.objects.visible_to(user)
        .filter(pk__in=[row.pk for row in arrivals.values()])
        .values_list("pk", flat=True)
    )
    handovers = {
        row.person_id: row
        for row in Handover.objects.filter(arrival__in=arrivals.values())
        .select_related("to_place")
        .order_by("pk")
    }
    family = family_of(entry.registration_code) if entry.registration_code else None
    return [
        _known(
            person,
            family,
            arrivals.get(person.pk),
            handovers.get(person.pk),
            person.pk in arrivals and arrivals[person.pk].pk in seen,
        )
        for person in people.order_by("pk")
    ]


def _known(
    person: Person, family: Family | None, arrival: Arrival | None, handover: Handover | None, opens: bool
) -> Known:
    lines = []
    if family is not None and family.registration is not None:
        row = family.registration
        lines.append(
            _("Đăng ký %(code)s: %(status)s") % {"code": row.code, "status": row.get_status_display().lower()}
        )
        if family.offer is not None:
            lines.append(
                _("Có chỗ trên chuyến %(trip)s về %(place)s")
                % {"trip": family.offer.trip.code, "place": family.offer.trip.gateway.name}
            )
    if arrival is not None:
        lines.append(
            _("Đã được ghi nhận lúc %(time)s tại %(place)s")
            % {"time": vn_datetime(arrival.at), "place": arrival.checkpoint.name}
        )
    else:
        lines.append(_("Chưa chốt nào ghi nhận"))
    if handover is not None:
        lines.append(f"{handover.get_status_display()}: {handover.to_place.name}")
    url = reverse("repatriation:party", args=[arrival.client_key]) if arrival is not None and opens else ""
    return Known(person.full_name, lines, url, can_be_recorded=arrival is None)
