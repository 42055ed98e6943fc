"""The operators' form pressed twice at the same moment, and what it becomes without the key's guard."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.notifications.models import Message
from portal.records.models import Event
from repatriation.hotline import entries as others
from repatriation.models import Campaign, Registration
from repatriation.models.declared import RegistrationChannel
from repatriation.registration.drafts import Draft
from tests.factories import make_user
from tests.race import at_once, meeting
from tests.repatriation.world.families import entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(places: SimpleNamespace) -> User:
    return make_user(Role.HOTLINE, places.home, username="chi")


def press_twice(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, places: SimpleNamespace, operator: User
) -> list[object]:
    """Both presses look before either has written; the second family of a dormitory has no numbers."""
    meet, make = meeting(2), others.new_row

    def both(*args: object, **fields: object) -> Registration:
        meet()
        return make(*args, **fields)

    monkeypatch.setattr(others, "new_row", both)
    people = (entry("Nguyễn Văn Một", no_identity=True, key="k1"),)
    draft = Draft(
        origin=places.city_commune.pk,
        home=places.commune.pk,
        home_address="ấp 1",
        people=people,
        reasons=(),
        phone="+84901234567",
    )
    key = uuid.uuid4()

    def press() -> Registration:
        return others.register_others(
            draft,
            campaign=campaign,
            channel=RegistrationChannel.HOTLINE,
            client_key=key,
            by=User.objects.get(pk=operator.pk),
        )

    return at_once(press, press)


def test_two_presses_are_one_registration(monkeypatch, campaign, places, operator) -> None:
    first, second = press_twice(monkeypatch, campaign, places, operator)
    assert first == second
    assert Registration.objects.get().status == "waiting"
    assert Message.objects.count() == 1
    assert Event.objects.filter(verb="consented").count() == 1


def test_without_the_unique_key_the_race_makes_two_rows(monkeypatch, campaign, places, operator) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE repatriation_registration DROP CONSTRAINT {others.CLIENT_KEY}")
    try:
        press_twice(monkeypatch, campaign, places, operator)
        assert Registration.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE repatriation_registration CASCADE")
            cursor.execute(
                f"ALTER TABLE repatriation_registration ADD CONSTRAINT {others.CLIENT_KEY} UNIQUE (client_key)"
            )
