"""A form that is saved and finished later, and what becomes of one that nobody comes back to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citizens.models import SecretLink
from portal.notifications.models import Message
from portal.records.log import history
from repatriation.models import Campaign, Registration, RegistrationChange
from repatriation.models.registration import Status
from repatriation.registration.saving import clear_forgotten, kept_until, send_draft_link
from repatriation.registration.submitting import save_draft, submit
from repatriation.tasks import clear_forgotten as task
from tests.race import Pause, interrupt
from tests.repatriation.world.changing import BY, changed, fresh
from tests.repatriation.world.families import PHONE, draft_of, filled, last_code, token_of, waiting
from tests.repatriation.world.wizard import add_person, step

LATER = reverse("repatriation:register_later")


def token() -> str:
    return token_of(Message.objects.filter(kind="draft_link").latest("pk").secrets["link"])


def after(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False)


def test_the_form_goes_on_in_another_browser(client: Client, at_check: Registration) -> None:
    assert LATER in client.get(step("kiem-tra")).content.decode()
    assert "090•••4567" in client.get(LATER).content.decode()
    assert client.post(LATER).url == reverse("repatriation:register")
    assert "090•••4567" in client.get(reverse("repatriation:register")).content.decode()
    message = Message.objects.get(kind="draft_link")
    assert (message.phone, message.about_id) == (PHONE, at_check.pk)

    other = Client()
    assert other.get(step("kiem-tra")).url == reverse("repatriation:register")
    page = other.get(reverse("citizens:link", args=[token()]), follow=True)
    assert "Khai tiếp" in page.content.decode()
    assert other.get(step("kiem-tra")).url == reverse("repatriation:register")
    assert other.post(page.redirect_chain[-1][0]).url == step("kiem-tra")
    assert other.post(step("kiem-tra")).url == reverse("repatriation:register_done")
    assert fresh(at_check).status == Status.WAITING


def test_early_in_the_form_the_phone_is_asked_first(client: Client, at_people: Registration) -> None:
    add_person(client, health={})
    html = client.get(LATER).content.decode()
    assert "Trước hết cần xác nhận số điện thoại" in html
    assert client.get(step("dien-thoai")).url == step("gia-dinh")
    assert client.post(LATER).url == step("dien-thoai")
    assert client.post(step("dien-thoai"), {"phone": "0901234567"}).url == step("ma-xac-nhan")
    assert client.post(step("ma-xac-nhan"), {"code": last_code()}).url == LATER
    client.post(LATER)
    assert Message.objects.filter(kind="draft_link").count() == 1
    other = Client()
    assert other.post(reverse("repatriation:draft", args=[token()])).url == step("gia-dinh")
    # The children are still to be added: the family has not said that these are all.
    other.post(step("gia-dinh"))
    assert other.get(reverse("repatriation:register")).context["resume_url"] == step("ly-do")


def test_the_link_is_sent_once_in_ten_minutes(client: Client, at_check: Registration) -> None:
    for _press in range(3):
        client.post(LATER)
    assert Message.objects.filter(kind="draft_link").count() == 1
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        client.post(LATER)
    assert Message.objects.filter(kind="draft_link").count() == 2


def test_without_a_proved_phone_nothing_is_sent(campaign: Campaign, places: SimpleNamespace) -> None:
    assert not send_draft_link(filled(campaign, places, phone_confirmed=""))
    assert not Message.objects.exists()


def test_the_link_ends_with_the_campaign_or_after_a_week(campaign: Campaign, places: SimpleNamespace) -> None:
    assert kept_until(campaign) <= timezone.now() + dt.timedelta(days=7)
    campaign.ends_on = timezone.localdate()
    assert kept_until(campaign) <= timezone.now() + dt.timedelta(days=1)


def test_an_expired_link_says_what_to_do(client: Client, at_check: Registration) -> None:
    client.post(LATER)
    opened = token()
    with after(8):
        for url in (reverse("citizens:link", args=[opened]), reverse("repatriation:draft", args=[opened])):
            response = client.get(url)
            assert response.status_code == 410
            assert "Phần khai dở đã hết hạn" in response.content.decode()
            assert reverse("repatriation:register") in response.content.decode()
    assert client.get(reverse("repatriation:draft", args=["không-có"])).status_code == 404


def test_the_link_of_a_form_that_was_sent_leads_to_the_registration(
    client: Client, campaign: Campaign, places: SimpleNamespace
) -> None:
    form = filled(campaign, places)
    send_draft_link(form)
    submit(form, by=BY)
    response = client.get(reverse("repatriation:draft", args=[token()]))
    assert response.status_code == 410
    assert "đã được gửi" in response.content.decode()
    assert reverse("citizens:mine") in response.content.decode()
    assert client.post(reverse("repatriation:draft", args=[token()])).status_code == 410


def test_starting_over_ends_the_link(client: Client, at_check: Registration) -> None:
    client.post(LATER)
    client.post(reverse("repatriation:register_restart"))
    assert client.get(reverse("repatriation:draft", args=[token()])).status_code == 410


# --- What nobody came back to ------------------------------------------------------------------------


def test_a_form_untouched_for_a_week_is_wiped_with_its_links(
    campaign: Campaign, places: SimpleNamespace, client: Client
) -> None:
    Campaign.objects.update(ends_on=timezone.localdate() + dt.timedelta(days=60))
    form = filled(campaign, places)
    send_draft_link(form)
    with after(6.9):
        assert task() == 0
    with after(7.1):
        assert task() == 1
        assert task() == 0
    row = fresh(form)
    assert (row.status, row.draft) == (Status.WITHDRAWN, {})
    assert history(row).filter(verb="expire", actor_kind="system").count() == 1
    link = SecretLink.objects.get(purpose="draft")
    assert link.revoked_at
    assert link.phone == ""
    response = client.get(reverse("citizens:link", args=[token()]))
    assert response.status_code == 410
    assert "Phần khai dở đã hết hạn" in response.content.decode()


def test_an_answer_keeps_the_form_for_another_week(campaign: Campaign, places: SimpleNamespace) -> None:
    Campaign.objects.update(ends_on=timezone.localdate() + dt.timedelta(days=60))
    form = filled(campaign, places)
    with after(6):
        save_draft(form, lambda draft: replace(draft, reasons=()))
    with after(8):
        assert clear_forgotten() == 0
    assert draft_of(form).people


def test_with_the_campaign_its_forms_end(campaign: Campaign, places: SimpleNamespace) -> None:
    form, sent = filled(campaign, places), waiting(campaign, places)
    Campaign.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert clear_forgotten() == 1
    assert fresh(form).status == Status.WITHDRAWN
    assert fresh(sent).status == Status.WAITING


def test_a_change_that_nobody_confirms_is_dropped(campaign: Campaign, places: SimpleNamespace) -> None:
    family = waiting(campaign, places)
    changed(family, lambda draft: draft.without_person(draft.people[1].key))
    with after(6.9):
        assert clear_forgotten() == 0
    with after(7.1):
        assert clear_forgotten() == 1
    change = RegistrationChange.objects.get()
    assert (change.status, change.draft) == ("dropped", {})
    assert fresh(family).people == 2


def test_a_change_ends_when_the_family_leaves_the_queue(campaign: Campaign, places: SimpleNamespace) -> None:
    family = waiting(campaign, places)
    changed(family, lambda draft: draft)
    Registration.objects.filter(pk=family.pk).update(status="arrived")
    assert clear_forgotten() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_somebody_is_at_is_left_alone(campaign: Campaign, places: SimpleNamespace) -> None:
    form, pause = filled(campaign, places), Pause()

    def hold() -> None:
        with transaction.atomic():
            Registration.objects.select_for_update().get(pk=form.pk)
            pause()

    with after(8):
        assert interrupt(pause, hold, clear_forgotten) == [None, 0]
        assert not pause.kept_away
        assert clear_forgotten() == 1
