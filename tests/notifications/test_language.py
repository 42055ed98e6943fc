"""A message speaks the language of who gets it, whatever the one who caused it reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from citizens.onetime import send_code
from portal.notifications.models import Message
from portal.notifications.outbox import notify


@pytest.mark.django_db
def test_an_officer_who_reads_english_sends_vietnamese() -> None:
    with translation.override("en"), transaction.atomic():
        message = notify("one_time_code", phone="+84901234567", secrets={"code": "123456"})
    assert message is not None
    assert message.language == "vi"


@pytest.mark.django_db
def test_a_citizen_who_asks_for_a_code_in_english_gets_english() -> None:
    with translation.override("en"):
        send_code("+84901234567", "mine")
    assert Message.objects.get().language == "en"


def test_every_message_may_name_the_hotline_and_the_portal(settings: Any) -> None:
    settings.PORTAL_HOTLINE = "0276 1999"
    message = Message(kind="import_revoked", context={"code": "TN-AAAAA-1"})
    assert "vui lòng gọi 0276 1999" in message.text
    assert "•••" not in message.text
