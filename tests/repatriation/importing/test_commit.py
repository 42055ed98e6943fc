"""A list in the queue: everything of it or nothing, each registration traceable to its rows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone

from citizens.models import Person, SecretLink
from portal.notifications.models import Message
from portal.records.log import history
from portal.records.models import Event
from portal.records.transitions import TransitionRefused
from portal.ui.formats import vn_date
from quarantine.models import TestResult, VaccinationDose
from repatriation.importing import actions as importing
from repatriation.models import Campaign, ImportFile, Member, Registration
from repatriation.models.import_batch import ImportStatus
from repatriation.queue.positions import reason_sentence
from repatriation.seats.splitting import split_family
from tests.factories import PersonFactory
from tests.repatriation.world.families import coordinator, mother, offered, trip, waiting
from tests.repatriation.world.lists import CHILD, MOTHER, UNCLE, checked, committed, uploaded

pytestmark = pytest.mark.django_db


def test_the_good_families_wait_with_their_scores(campaign: Campaign, places: SimpleNamespace) -> None:
    batch = committed(campaign, coordinator(places.home))
    assert (batch.status, batch.committed_at is None) == (ImportStatus.COMMITTED, False)
    first, second = Registration.objects.order_by("pk")
    assert (first.status, first.people, first.channel) == ("waiting", 2, "import")
    assert first.entered_by == batch.created_by
    assert first.phone_confirmed_at is None
    assert first.phone == "+84901234999"
    assert first.origin == places.city_commune
    assert first.home_commune == places.commune
    assert first.home_address == "ấp Bùng Binh"
    assert "mang thai" in reason_sentence(first)
    assert (first.score, second.score) == (60, 60)
    head = first.members.get(is_head=True)
    assert head.person.identity_number == "072189001234"
    assert head.is_pregnant
    assert head.live
    assert head.person.household.people.count() == 2
    assert second.origin == places.city


def test_what_a_list_declares_of_doses_and_tests_stands_with_the_member_and_proves_nothing(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    recovered = timezone.localdate() - dt.timedelta(days=30)
    told = {
        "Số mũi vắc xin đã tiêm": "7",
        "Ngày tiêm mũi gần nhất": "15/08/2021",
        "Loại xét nghiệm": "PCR",
        "Ngày xét nghiệm": "20/09/2021",
        "Kết quả xét nghiệm": "Âm tính",
        "Ngày khỏi COVID-19": vn_date(recovered),
    }
    committed(campaign, coordinator(places.home), MOTHER | told, UNCLE)
    first, second = Member.objects.order_by("pk")
    assert (first.doses, first.last_dose_on) == (4, dt.date(2021, 8, 15))
    assert (first.test_kind, first.tested_on, first.test_outcome) == ("pcr", dt.date(2021, 9, 20), "negative")
    assert first.recovered_on == recovered
    assert (second.doses, second.test_kind, second.recovered_on) == (None, "", None)
    assert not TestResult.objects.exists()
    assert not VaccinationDose.objects.exists()


def test_each_registration_is_traced_to_the_batch_and_the_row(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    batch = committed(campaign, coordinator(places.home))
    lines = list(batch.lines.select_related("registration", "person"))
    assert [line.number for line in lines] == [2, 3, 4]
    assert lines[0].registration == lines[1].registration != lines[2].registration
    assert all(line.made_person and line.person for line in lines)
    event = history(lines[2].registration).get(verb="import")
    assert event.data == {"batch": batch.pk, "row": 4}
    assert event.to_status == "waiting"
    assert event.user == batch.created_by
    assert Event.objects.filter(subject_type="citizens.person", verb="created").count() == 3


def test_each_family_gets_its_link_by_message_and_the_home_commune_is_asked(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    committed(campaign, coordinator(places.home))
    told = Message.objects.filter(kind="registration_imported").order_by("pk")
    assert [message.phone for message in told] == ["+84901234999", "+84912345678"]
    assert told[0].secrets["link"].startswith(settings.PORTAL_BASE_URL)
    assert SecretLink.objects.filter(purpose="registration").count() == 2
    assert all(row.screenings.count() == 1 for row in Registration.objects.all())


def test_a_family_with_an_error_is_left_out_whole(campaign: Campaign, places: SimpleNamespace) -> None:
    batch = committed(campaign, coordinator(places.home), MOTHER, CHILD | {"Ngày sinh": "31/02/2019"}, UNCLE)
    assert (batch.families, batch.families_good, batch.people_good, batch.rows_wrong) == (2, 1, 1, 1)
    assert [row.people for row in Registration.objects.all()] == [1]
    verdicts = dict(batch.lines.values_list("number", "verdict"))
    assert verdicts == {2: "left_out", 3: "wrong", 4: "good"}


def test_somebody_whom_the_portal_knows_is_not_made_again(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    known = PersonFactory(
        full_name="Nguyễn Thị Hoa", birth_date=dt.date(1989, 3, 12), identity_number="072189001234",
        home_commune=places.other_commune, sex="", phone="",
    )  # fmt: skip
    batch = committed(campaign, coordinator(places.home))
    line = batch.lines.get(number=2)
    assert line.person == known
    assert not line.made_person
    known.refresh_from_db()
    assert (known.sex, known.phone, known.home_commune) == ("female", "+84901234999", places.commune)
    assert history(known).get().data == {"fields": ["address", "home_commune", "phone", "sex"]}


def test_a_family_that_registered_between_check_and_commit_stops_the_whole_list(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    officer = coordinator(places.home)
    told = {"Họ và tên": "Nguyễn Thị Lan", "Ngày sinh": "12/03/1984", "Số giấy tờ": mother().identity}
    batch = checked(campaign, officer, MOTHER | told, UNCLE)
    assert batch.families_good == 2
    waiting(campaign, places)
    importing.order_commit(batch, by=officer)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback) == (ImportStatus.CHECKING, "changed")
    assert Registration.objects.filter(channel="import").count() == 0
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.families_good) == (ImportStatus.CHECKED, 1)
    importing.order_commit(batch, by=officer)
    importing.work_on(batch.pk)
    assert Registration.objects.filter(channel="import").count() == 1


def test_a_closed_campaign_takes_no_list(campaign: Campaign, places: SimpleNamespace) -> None:
    officer = coordinator(places.home)
    batch = checked(campaign, officer)
    importing.order_commit(batch, by=officer)
    Campaign.objects.update(is_open=False)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback) == (ImportStatus.CHECKING, "closed")
    assert not Registration.objects.exists()
    assert not Person.objects.exists()


def test_a_trouble_in_the_middle_leaves_nothing(
    campaign: Campaign, places: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = coordinator(places.home)
    batch = checked(campaign, officer)
    importing.order_commit(batch, by=officer)

    def fall(*_arguments: object) -> None:
        raise RuntimeError("the last step falls")

    monkeypatch.setattr(importing.import_commit, "_notify_families", fall)
    importing.work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.setback) == (ImportStatus.CHECKING, "trouble")
    assert not Registration.objects.exists()
    assert not Person.objects.exists()
    assert not Member.objects.exists()
    assert not Message.objects.exists()


def test_a_list_without_a_good_family_is_not_committed(campaign: Campaign, places: SimpleNamespace) -> None:
    officer = coordinator(places.home)
    batch = checked(campaign, officer, MOTHER | {"Ngày sinh": "hôm qua"})
    with pytest.raises(importing.NothingGood):
        importing.order_commit(batch, by=officer)


def test_committing_twice_is_refused(campaign: Campaign, places: SimpleNamespace) -> None:
    officer = coordinator(places.home)
    batch = checked(campaign, officer)
    importing.order_commit(batch, by=officer)
    with pytest.raises(TransitionRefused):
        importing.order_commit(batch, by=officer)
    importing.work_on(batch.pk)
    assert importing.work() == 0
    assert Registration.objects.count() == 2


def test_revoking_takes_every_family_out_and_keeps_the_people(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    officer = coordinator(places.home)
    batch = committed(campaign, officer)
    importing.revoke(batch, by=officer, reason="gửi nhầm danh sách")
    assert {row.status for row in Registration.objects.all()} == {"withdrawn"}
    assert {one.screenings.get().status for one in Registration.objects.all()} == {"cancelled"}
    assert Person.objects.count() == 3
    assert Member.objects.filter(live=True).count() == 0
    assert Message.objects.filter(kind="import_revoked").count() == 2
    again = committed(campaign, officer)
    assert Person.objects.count() == 3
    assert again.status == ImportStatus.COMMITTED


def test_revoking_is_refused_once_a_family_has_a_seat(campaign: Campaign, places: SimpleNamespace) -> None:
    officer = coordinator(places.home)
    batch = committed(campaign, officer)
    offered(Registration.objects.latest("pk"), trip(campaign, places))
    with pytest.raises(importing.SeatedAlready):
        importing.revoke(batch, by=officer, reason="gửi nhầm")
    batch.refresh_from_db()
    assert batch.status == ImportStatus.COMMITTED
    assert {row.status for row in Registration.objects.all()} == {"waiting", "offered"}


def test_the_same_form_sent_twice_is_one_list(campaign: Campaign, places: SimpleNamespace) -> None:
    batch = uploaded(campaign, coordinator(places.home))
    again = importing.upload(
        campaign, "ds.xlsx", b"x", by=coordinator(places.home), client_key=batch.client_key
    )
    assert again == batch
    assert ImportFile.objects.count() == 1


def test_old_lists_lose_their_files_and_keep_their_traces(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    officer = coordinator(places.home)
    batch, left = committed(campaign, officer), checked(campaign, officer, UNCLE | {"Họ và tên": "Võ Văn Tư"})
    assert importing.clear_old() == 0
    later = timezone.now() + dt.timedelta(days=settings.PORTAL_IMPORT_DAYS + 1)
    assert importing.clear_old(later) == 2
    assert not ImportFile.objects.exists()
    assert all(not line.values and line.registration for line in batch.lines.all())
    left.refresh_from_db()
    assert left.status == ImportStatus.CANCELLED
    assert importing.clear_old(later) == 0


def test_children_alone_are_marked_for_a_trip_with_somebody_beside_them(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    alone = {**UNCLE, "Ngày sinh": "05/10/2012", "Có bệnh nền": ""}
    committed(campaign, coordinator(places.home), MOTHER, CHILD, alone)
    assert list(Registration.objects.order_by("pk").values_list("needs_escort", flat=True)) == [False, True]


def test_revoking_takes_those_out_who_were_parted_from_the_list_s_families(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    officer = coordinator(places.home)
    batch = committed(campaign, officer)
    first = Registration.objects.order_by("pk")[0]
    split_family(first, [first.members.get(is_head=False).pk], by=officer, reason="về trước")
    importing.revoke(batch, by=officer, reason="gửi nhầm danh sách")
    assert list(Registration.objects.values_list("status", flat=True)) == ["withdrawn"] * 3


def test_a_part_of_a_family_with_a_seat_stands_against_revoking(
    campaign: Campaign, places: SimpleNamespace
) -> None:
    officer = coordinator(places.home)
    batch = committed(campaign, officer)
    first = Registration.objects.order_by("pk")[0]
    new = split_family(first, [first.members.get(is_head=False).pk], by=officer, reason="về trước")
    offered(new, trip(campaign, places, has_escort=True))
    with pytest.raises(importing.SeatedAlready):
        importing.revoke(batch, by=officer, reason="gửi nhầm danh sách")
