"""Actions of a hotline operator on a caller's word, for a family that they have looked up.

The family's own actions do the work and notify its phone; the log names the operator, marked as the hotline.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from citizens.models import Person
from portal.accounts.models import User
from portal.records.actors import Actor
from portal.records.refusals import Refused
from repatriation.models import Offer, PhoneCorrection, Registration, Screening
from repatriation.phones import actions as phones
from repatriation.screening import actions as screening
from repatriation.screening.words import last_screening
from repatriation.seats.answering import OfferExpired, confirm_offer, decline_offer
from repatriation.seats.leaving import requeue_family, withdraw

HOTLINE = "Tổng đài"  # as the log keeps it, whatever language the operator reads


def on_the_phone(user: User) -> Actor:
    """Return the operator as the log names them on a caller's word: `Tổng đài: Lâm Thị Kim Chi`."""
    return Actor("officer", f"{HOTLINE}: {user.full_name}", user)


def last_offer(family: Registration) -> Offer | None:
    """Return the live offer, else the last one."""
    return family.offers.select_related("trip__pickup", "trip__gateway").order_by("-pk").first()


def confirm_seats(family: Registration, *, by: User) -> Offer:
    """Confirm the family's seats. Raise what `confirm_offer` raises, and `Refused` where none were
    offered."""
    return confirm_offer(_offer(family), by=on_the_phone(by))


def give_up_seats(family: Registration, *, by: User, back_to_queue: bool) -> Offer:
    """Decline the family's seats; it waits on or leaves the queue. Raise what `decline_offer`
    raises, `OfferExpired` where the seats went to others, and `Refused` where none were offered."""
    offer = _offer(family)
    if offer.status == Offer.Status.LAPSED:
        raise OfferExpired
    return decline_offer(offer, by=on_the_phone(by), back_to_queue=back_to_queue)


def come_again(family: Registration, *, by: User) -> Registration:
    """Put a family that did not come, or declined, back into the queue. Raise `Refused` for any other."""
    return requeue_family(family, by=on_the_phone(by))


def leave(family: Registration, *, by: User, reason: str) -> Registration:
    """Withdraw a family that does not come home after all. Raise what `withdraw` raises."""
    return withdraw(family, by=on_the_phone(by), reason=reason)


def answer_commune(family: Registration, *, by: User, text: str) -> Screening:
    """Record the family's answer to its commune's question. Raise `Refused` where there is none."""
    row = last_screening(family)
    if row is None:
        raise Refused(_("Xã, phường chưa hỏi gì gia đình."))
    return screening.answer(row, by=on_the_phone(by), text=text)


def ask_for_phone(family: Registration, *, by: User, person: Person, phone: str) -> PhoneCorrection:
    """Ask the home commune for another phone. Raise `Refused` where there is nothing to change."""
    return phones.request_for(family, person=person, phone=phone, by=on_the_phone(by), asked_by=by)


def _offer(family: Registration) -> Offer:
    offer = last_offer(family)
    if offer is None:
        raise Refused(_("Gia đình chưa được mời chỗ nào."))
    return offer
