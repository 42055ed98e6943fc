"""Families by name, for pages that ask before an act."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.effects import register_describer
from repatriation.models import Offer, Registration


def name_families(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return code, head and size of each family that the user may see."""
    rows = Registration.objects.visible_to(user).filter(pk__in=ids).prefetch_related("members__person")
    return {
        row.pk: _("%(code)s %(head)s, %(people)d người")
        % {"head": row.head.person.full_name, "people": row.people, "code": row.code}
        for row in rows
        if row.members.all()
    }


def name_invited(user: User, ids: Sequence[int]) -> dict[int, str]:
    """Return the same for the families of these offers."""
    offers = Offer.objects.visible_to(user).filter(pk__in=ids)
    families = dict(offers.values_list("pk", "registration_id"))
    names = name_families(user, list(families.values()))
    return {pk: names[family] for pk, family in families.items() if family in names}


register_describer("repatriation.registration", name_families)
register_describer("repatriation.offer", name_invited)
