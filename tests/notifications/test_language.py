"""A message speaks the language of who gets it, whatever the one who caused it reads."""

from __future__ import annotations

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
