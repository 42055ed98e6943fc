"""Actions that issue and revoke the certificate of a completed order."""

from __future__ import annotations

import base64
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.records.actors import Actor, as_actor
from portal.records.log import record
from portal.records.refusals import Refused
from quarantine.models import Certificate, Numbering, Order
from quarantine.numbers import next_number

BYTES = 10  # 80 random bits: too many to guess


def new_public_code() -> str:
    """Return sixteen random characters: capital letters and digits 2 to 7."""
    return base64.b32encode(secrets.token_bytes(BYTES)).decode()


@transaction.atomic
def issue_certificate(order: Order, *, by: User | Actor) -> Certificate:
    """Issue the certificate of a completed order, or return the one that it has.

    Raises `Refused` when the order is not completed.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("place").get(pk=order.pk)
    if (existing := Certificate.objects.filter(order=order).first()) is not None:
        return existing
    if order.status != Order.Status.COMPLETED:
        raise Refused(_("Chỉ cấp giấy xác nhận khi đã hoàn thành cách ly."))
    certificate = Certificate.objects.create(
        order=order,
        number=next_number(Numbering.Kind.CERTIFICATE, order.place, timezone.localdate().year),
        public_code=new_public_code(),
        issued_by=as_actor(by).user,
    )
    record(certificate, "issue", by=by, data={"number": certificate.number})
    return certificate


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, reason: str, by: User | Actor) -> Certificate:
    """Revoke a certificate: its public page then says that it is not valid.

    Raises `Refused` when it is revoked already.
    """
    row = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if row.revoked_at is not None:
        raise Refused(_("Giấy xác nhận này đã được thu hồi trước đó."))
    row.revoked_at = timezone.now()
    row.revoked_reason = reason
    row.save(update_fields=["revoked_at", "revoked_reason"])
    record(row, "revoke", by=by, reason=reason)
    return row
