"""Closed lists that bring people to a commune, in "Hôm nay"."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Permission as P
from portal.ui import parts
from repatriation.models import Manifest, ManifestPart, Trip


def _expected(user: User) -> QuerySet[ManifestPart]:
    """Return the parts for the user's communes of closed lists whose trip is not counted yet."""
    on_the_way = (Trip.Status.CLOSED, Trip.Status.DEPARTED, Trip.Status.ARRIVED)
    return ManifestPart.objects.filter(
        commune__in=user.place_ids(P.SEE_PEOPLE),
        manifest__in=Manifest.objects.standing().filter(trip__status__in=on_the_way),
    )


def _expected_rows(user: User, limit: int) -> list[ManifestPart]:
    rows = _expected(user).select_related("commune", "manifest__trip__gateway")
    return list(rows.order_by("manifest__expected_at", "pk")[:limit])


parts.worklist.register(
    parts.WorklistPart(
        key="manifests",
        order=11,
        permission=P.SEE_MANIFESTS,
        title=_("Chuyến sắp về"),
        waits=lambda user: [_expected(user)],
        rows=_expected_rows,
        template="repatriation/manifests/_manifests.html",
        empty_text=_("Khi một chuyến xe có người về địa phương mình được chốt, danh sách hiện ở đây."),
    )
)
