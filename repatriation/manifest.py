"""Who may board a trip: the families whose seat is confirmed or used."""

from __future__ import annotations

from django.db.models import QuerySet

from repatriation.models import Member, Offer, Registration, Trip

BOARDS = (Offer.Status.CONFIRMED, Offer.Status.TRAVELLED, Offer.Status.NO_SHOW)


def manifest_families(trip: Trip) -> list[Registration]:
    """The families by home commune, each with its members: two queries."""
    offers = Offer.objects.filter(trip=trip, status__in=BOARDS)
    rows = Registration.objects.filter(pk__in=offers.values("registration")).select_related("home_commune")
    return list(rows.prefetch_related("members__person").order_by("home_commune__short_name", "code"))


def manifest_members(trip: Trip) -> QuerySet[Member]:
    """The same people one by one, families together."""
    offers = Offer.objects.filter(trip=trip, status__in=BOARDS)
    rows = Member.objects.filter(registration__in=offers.values("registration"))
    order = ("registration__home_commune__short_name", "registration__code", "-is_head", "pk")
    return rows.select_related("registration__home_commune", "person").order_by(*order)
