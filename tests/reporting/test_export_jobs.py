"""Long lists: made by a worker as their owner, with the rights of that moment, and gone after a day."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from portal.accounts.roles import Role
from portal.records.actors import SYSTEM
from portal.records.models import Read
from portal.records.transitions import transition
from portal.reporting import actions, collecting, export
from portal.reporting.models import ExportJob, ExportPart
from tests.factories import PersonFactory, client_of, fresh, make_user
from tests.race import at_once, meeting

pytestmark = pytest.mark.django_db
MINE, NEW = "/officer/exports/", "/officer/exports/new/"
PEOPLE = "/officer/people/?export="


@pytest.fixture(autouse=True)
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more than three rows is long here."""
    monkeypatch.setattr(export, "LIMIT", 3)
    monkeypatch.setattr(actions, "LIMIT", 3)
    monkeypatch.setattr(actions, "STEP", 2)


@pytest.fixture
def crowd(people: SimpleNamespace, places: SimpleNamespace) -> list[Any]:
    return [PersonFactory(full_name=f"Lê Văn {letter}", home_commune=places.commune) for letter in "EDCBA"]


def made(user: Any, address: str) -> ExportJob:
    job = actions.order_export(address, by=user, language="vi")
    assert actions.work_on(job.pk)
    job.refresh_from_db()
    return job


def content_of(job: ExportJob) -> bytes:
    return b"".join(actions.pieces(job))


def names_in(job: ExportJob) -> list[str]:
    if job.kind == "csv":
        return [line.split(",")[0] for line in content_of(job).decode("utf-8-sig").splitlines()[1:]]
    return [row[0].value for row in load_workbook(io.BytesIO(content_of(job))).active.iter_rows(min_row=2)]


def test_a_long_list_offers_to_be_made_and_a_short_one_comes_at_once(
    crowd: list[Any], people: SimpleNamespace
) -> None:
    client = client_of(people.here)
    answer = client.get(f"{PEOPLE}xlsx")
    assert 'value="/officer/people/?export=xlsx"' in answer.content.decode()
    assert not Read.objects.exists()
    crowd[0].delete()
    crowd[1].delete()
    assert "attachment" in client.get(f"{PEOPLE}xlsx")["Content-Disposition"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_file_holds_every_row_in_the_order_of_the_list(
    kind: str, crowd: list[Any], people: SimpleNamespace
) -> None:
    client = client_of(people.here)
    answer = client.post(NEW, {"address": PEOPLE + kind}, follow=True)
    assert "Chờ lập" in answer.content.decode()
    assert actions.work() == 1
    job = ExportJob.objects.get()
    assert (job.status, job.total, job.kind) == ("ready", 5, kind)
    assert names_in(job) == [f"Lê Văn {letter}" for letter in "ABCDE"]
    fetched = client.get(f"{MINE}{job.pk}/")
    assert b"".join(fetched.streaming_content) == content_of(job)
    assert int(fetched["Content-Length"]) == len(content_of(job))


def test_a_formula_in_a_long_list_is_text(crowd: list[Any], people: SimpleNamespace) -> None:
    crowd[0].full_name = "=1+1"
    crowd[0].save()
    assert "'=1+1" in names_in(made(people.here, f"{PEOPLE}csv"))


def test_filters_and_places_are_those_of_the_page(
    crowd: list[Any], people: SimpleNamespace, places: SimpleNamespace
) -> None:
    PersonFactory(full_name="Lê Văn Xa", home_commune=places.other_commune)
    assert names_in(made(people.here, f"{PEOPLE}csv&q=van+b")) == ["Lê Văn B"]
    assert "Lê Văn Xa" not in names_in(made(people.here, f"{PEOPLE}csv"))
    assert names_in(made(people.elsewhere, f"{PEOPLE}csv")) == ["Lê Văn Xa"]


def test_what_the_owner_may_see_when_it_runs_counts(crowd: list[Any], people: SimpleNamespace) -> None:
    job = actions.order_export(f"{PEOPLE}csv", by=people.here, language="vi")
    people.here.assignments.update(
        ends_on=timezone.localdate() - dt.timedelta(days=1), starts_on=dt.date(2020, 1, 1)
    )
    assert actions.work_on(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert not ExportPart.objects.exists()
    assert not Read.objects.exists()


def test_each_row_that_was_exported_and_each_fetching_is_logged(
    crowd: list[Any], people: SimpleNamespace
) -> None:
    job = made(people.here, f"{PEOPLE}csv&q=072184000000000")
    assert "072184" not in job.filters
    job = made(fresh(people.here), f"{PEOPLE}csv")
    reads = Read.objects.filter(kind="export", subject_type="citizens.person")
    assert {pk for read in reads for pk in read.subject_ids} == {person.pk for person in crowd}
    client_of(people.here).get(f"{MINE}{job.pk}/")
    assert Read.objects.get(subject_type="reporting.exportjob").subject_ids == [job.pk]


def test_a_file_is_its_owners_alone(crowd: list[Any], people: SimpleNamespace) -> None:
    job = made(people.here, f"{PEOPLE}csv")
    for other in (people.health, people.elsewhere, people.admin):
        assert client_of(other).get(f"{MINE}{job.pk}/").status_code == 404
        assert job.file_name not in client_of(other).get(MINE).content.decode()
    waiting = actions.order_export(f"{PEOPLE}xlsx", by=people.here, language="vi")
    assert client_of(people.here).get(f"{MINE}{waiting.pk}/").status_code == 404


def fetch(user: Any, job: ExportJob) -> Any:
    return client_of(fresh(user)).get(f"{MINE}{job.pk}/", follow=True)


def end(user: Any, **which: Any) -> None:
    user.assignments.filter(**which).update(
        starts_on=dt.date(2020, 1, 1), ends_on=timezone.localdate() - dt.timedelta(days=1)
    )


ENDED = "Vai trò của anh/chị đã thay đổi"


def test_a_file_is_fetched_only_with_the_role_with_which_it_was_made(
    crowd: list[Any], people: SimpleNamespace, places: SimpleNamespace
) -> None:
    job = made(people.here, f"{PEOPLE}csv")
    assert fetch(people.here, job)["Content-Disposition"].startswith("attachment")
    reads = Read.objects.count()
    end(people.here)
    refused = fetch(people.here, job)
    assert ENDED in refused.content.decode()
    assert "Content-Disposition" not in refused
    assert Read.objects.count() == reads
    people.here.assignments.create(role=Role.COMMUNE, place=places.commune)  # given back, it opens again
    assert fetch(people.here, job)["Content-Disposition"].startswith("attachment")


def test_the_same_role_at_another_place_and_another_role_at_this_one_open_no_older_file(
    crowd: list[Any], people: SimpleNamespace, places: SimpleNamespace
) -> None:
    user = make_user(Role.COMMUNE, places.commune)
    user.assignments.create(role=Role.HEALTH, place=places.other_commune)
    job = made(user, f"{PEOPLE}csv")
    end(user, place=places.commune)
    assert ENDED in fetch(user, job).content.decode()
    user.assignments.create(role=Role.COMMUNE, place=places.other_commune)
    user.assignments.create(role=Role.COMMUNE_VIEWER, place=places.commune)
    assert ENDED in fetch(user, job).content.decode()


def test_a_further_role_keeps_the_file(
    crowd: list[Any], people: SimpleNamespace, places: SimpleNamespace
) -> None:
    job = made(people.here, f"{PEOPLE}csv")
    people.here.assignments.create(role=Role.LEADER, place=places.home)
    assert fetch(people.here, job)["Content-Disposition"].startswith("attachment")


def test_a_role_that_ends_while_the_file_waits_is_not_one_it_was_made_with(
    crowd: list[Any], people: SimpleNamespace, places: SimpleNamespace
) -> None:
    people.here.assignments.create(role=Role.LEADER, place=places.home)
    job = actions.order_export(f"{PEOPLE}csv", by=people.here, language="vi")
    end(people.here, role=Role.LEADER)
    assert actions.work_on(job.pk)
    assert fetch(people.here, job)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/officer/people/",
        "/officer/users/?export=csv",
        "/officer/khong-co/?export=csv",
        "//evil/?export=csv",
        "/officer/today/?export=csv",
        "http://[",
        "/officer/log/?export=csv",
        "/officer/style/?export=1",  # it flashes a message
    ],
)
def test_what_is_no_list_of_theirs_is_not_ordered(
    address: str, crowd: list[Any], people: SimpleNamespace
) -> None:
    answer = client_of(people.here).post(NEW, {"address": address}, follow=True)
    assert "Không xuất được danh sách này" in answer.content.decode()
    assert not ExportJob.objects.exists()
    assert client_of(people.here).get(NEW).status_code == 405


def test_pressed_twice_it_is_made_once(crowd: list[Any], people: SimpleNamespace) -> None:
    client = client_of(people.here)
    for _time in range(2):
        client.post(NEW, {"address": f"{PEOPLE}csv"})
    assert ExportJob.objects.count() == 1


def test_after_a_day_the_file_is_gone_with_what_was_searched_for(
    crowd: list[Any], people: SimpleNamespace
) -> None:
    job = made(people.here, f"{PEOPLE}csv")
    assert actions.clear_old() == 0
    assert actions.clear_old(timezone.now() + dt.timedelta(days=1, minutes=1)) == 1
    job.refresh_from_db()
    assert (job.status, job.address, job.parts.count()) == ("expired", "", 0)
    assert client_of(people.here).get(f"{MINE}{job.pk}/").status_code == 404


def test_a_trouble_leaves_no_part_of_a_file(
    crowd: list[Any], people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_arguments: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(actions, "_store", fall)
    job = made(people.here, f"{PEOPLE}csv")
    assert (job.status, ExportPart.objects.count(), Read.objects.count()) == ("failed", 0, 0)


def test_my_files_cost_the_same_at_one_and_at_thirty(crowd: list[Any], people: SimpleNamespace) -> None:
    client = client_of(people.here)
    assert "Chưa có tệp nào" in client.get(MINE).content.decode()
    made(people.here, f"{PEOPLE}csv")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(MINE, {"status": "ready"}).status_code == 200
        return len(captured)

    before = queries()
    first = ExportJob.objects.get()
    for _time in range(28):
        first.pk = None
        first.save(force_insert=True)
    assert queries() == before


def test_steps_take_the_same_queries_each(crowd: list[Any], people: SimpleNamespace) -> None:
    """The rows of a step are fetched at once, with what they show."""
    collected = collecting.collect(f"{PEOPLE}csv", people.here)
    with CaptureQueriesContext(connection) as captured:
        list(actions._rows(collected, [person.pk for person in crowd]))
    assert len(captured) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["held", "control: not held"])
def test_two_workers_make_one_file(
    guarded: bool, crowd: list[Any], people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = actions.order_export(f"{PEOPLE}csv", by=people.here, language="vi")
    transition(job, "start", by=SYSTEM)  # the first worker was killed, and two more look at once
    write, meet, writers = actions._write, meeting(2), []

    def slowly(*arguments: Any) -> int:
        writers.append(1)
        meet()
        return write(*arguments)

    monkeypatch.setattr(actions, "_write", slowly)
    if not guarded:
        monkeypatch.setattr(actions, "take", lambda *_arguments: True)
    at_once(lambda: actions.work_on(job.pk), lambda: actions.work_on(job.pk))
    assert len(writers) == (1 if guarded else 2)
    assert meet.kept_apart is guarded
    if guarded:
        job.refresh_from_db()
        assert (job.status, len(names_in(job))) == ("ready", 5)
