"""Saving the list of a trip when it is closed, and telling the officers who wait for its people."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.notifications.outbox import Note, notify_many
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.ui.formats import vn_datetime
from repatriation.manifests.closed_list import build_manifest, parts_of
from repatriation.models import Manifest, ManifestPart, Trip

NOTIFIED_ROLES = (Role.CHECKPOINT, Role.ESCORT, Role.COMMUNE)


@transaction.atomic
def freeze_manifest(trip: Trip, *, by: User | Actor) -> Manifest:
    """Save the list as it stands and send it to the gateway and to every home commune.

    The caller has locked the trip, so that nobody takes or leaves a seat meanwhile.
    """
    manifest = build_manifest(trip, made_by=as_actor(by).user)
    manifest.save(force_insert=True)
    parts = ManifestPart.objects.bulk_create(parts_of(manifest))
    data = {"trip": trip.code, "families": manifest.families, "people": manifest.people}
    record(manifest, "freeze", by=by, data=data)
    _send(manifest, parts, "manifest_closed")
    return manifest


@transaction.atomic
def withdraw_manifest(trip: Trip, *, by: User | Actor) -> Manifest | None:
    """Tell everybody who has the trip's list that it counts no longer, because the trip was reopened.

    The list itself stays as it was; `Manifest.objects.standing()` leaves it out from now on.
    """
    manifest = Manifest.objects.filter(trip=trip).order_by("-pk").first()
    if manifest is None:
        return None
    record(manifest, "withdraw", by=by, data={"trip": trip.code})
    _send(manifest, list(manifest.parts.all()), "manifest_withdrawn")
    return manifest


def _send(manifest: Manifest, parts: list[ManifestPart], kind: str) -> None:
    """Send one message to each officer at work there whose phone or email is known."""
    people = {part.commune_id: part.people for part in parts} | {manifest.trip.gateway_id: manifest.people}
    link = settings.PORTAL_BASE_URL + reverse("repatriation:manifest", args=[manifest.trip.code])
    at_work = Assignment.objects.in_force().filter(
        place__in=people, role__in=NOTIFIED_ROLES, user__is_active=True
    )
    # By user, so that an officer with two assignments gets one message.
    assignments = {row.user_id: row for row in at_work.select_related("user", "place").order_by("-pk")}
    context = {
        "trip": manifest.trip.code,
        "number": manifest.number,
        "gateway": manifest.head["gateway"],
        "time": vn_datetime(manifest.expected_at),
        "link": link,
    }
    notify_many(
        kind,
        [
            Note(
                phone=row.user.phone,
                email=row.user.email,
                about=manifest,
                context={**context, "people": people[row.place_id], "place": row.place.name},
            )
            for row in assignments.values()
        ],
    )
