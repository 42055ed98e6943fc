"""New passwords of accounts that see health, the log or accounts: no administrator comes by one alone."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions, requesting
from portal.accounts.halves import first_half_for
from portal.accounts.models import RoleRequest, User
from portal.accounts.roles import Role
from portal.records.actors import SYSTEM
from portal.records.log import history
from portal.records.models import Event
from tests.asking import ask, is_asked
from tests.factories import PASSWORD, UserFactory, client_of, fresh, make_user, standing_people
from tests.race import Pause, interrupt
from tests.repatriation.world.places import make_places

FIRST, SECOND = "Nửa đầu của mật khẩu mới", "Nửa sau của mật khẩu mới, chỉ hiện một lần: "


@pytest.fixture
def second(places: SimpleNamespace) -> User:
    return make_user(Role.ADMIN, places.home, username="haihai", full_name="Vũ Thị Ngân")


@pytest.fixture
def asked(people: SimpleNamespace) -> RoleRequest:
    """The first administrator asks for a new password of the health officer."""
    assert reset(client_of(people.admin), people.health).status_code == 302
    return RoleRequest.objects.get()


def reset(client: Client, user: User) -> Any:
    return client.post(reverse("accounts:user_reset_password", args=[user.pk]))


def step(client: Client, request: RoleRequest, verb: str) -> Any:
    return client.post(reverse("accounts:role_request_step", args=[request.pk, verb]))


def page(user: User, about: User) -> str:
    return client_of(fresh(user)).get(reverse("accounts:user", args=[about.pk])).content.decode()


def today(user: User, tab: str) -> str:
    return client_of(fresh(user)).get(reverse("reporting:today"), {"tab": tab}).content.decode()


def half_after(text: str, mark: str) -> str:
    return text.split(mark)[1].split(".")[0].strip()


@pytest.mark.parametrize("name", ["health", "auditor", "second", "here", "coordinator"])
def test_one_administrator_changes_no_password_of_a_guarded_account(
    name: str, people: SimpleNamespace, second: User
) -> None:
    account = second if name == "second" else getattr(people, name)
    client = client_of(people.admin)
    reset(client, account)
    assert fresh(account).check_password(PASSWORD)
    assert FIRST not in page(people.admin, account)
    request = RoleRequest.objects.get()
    assert (request.is_for_password, request.user, request.requested_by) == (True, account, people.admin)
    assert step(client, request, "confirm").status_code == 403
    assert fresh(account).check_password(PASSWORD)


@pytest.mark.parametrize("days", [1, 30])
def test_a_role_that_begins_later_guards_too(
    days: int, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    later = timezone.localdate() + dt.timedelta(days=days)
    people.viewer.assignments.create(role=Role.HEALTH, place=places.commune, starts_on=later)
    reset(client_of(people.admin), people.viewer)
    assert fresh(people.viewer).check_password(PASSWORD)


def test_each_administrator_reads_one_half_and_both_open_the_account(
    people: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    sessions = client_of(people.health)
    assert "Đặng Thu Hà" in today(second, "role_requests")
    client = client_of(second)
    step(client, asked, "confirm")
    shown = client.get(reverse("accounts:user", args=[people.health.pk])).content.decode()
    after = half_after(shown, SECOND)
    assert FIRST not in shown
    before = page(people.admin, people.health).split('class="big-number">')[1].split("<")[0]
    account = fresh(people.health)
    assert account.check_password(before + after)
    assert account.must_change_password
    for wrong in (PASSWORD, before, after, after + before):
        assert not account.check_password(wrong)
    assert before not in shown
    assert after not in page(people.admin, people.health)
    assert sessions.get(reverse("accounts:first_screen")).status_code == 302
    assert "sign-in" in sessions.get(reverse("accounts:first_screen"))["Location"]
    assert SECOND not in page(second, people.health)


def test_the_first_half_is_gone_when_the_officer_has_set_their_own(
    people: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    requesting.confirm_role(asked, by=second)
    assert "Xem nửa đầu" in today(people.admin, "role_requests_asked")
    asked.refresh_from_db()
    assert first_half_for(asked, people.admin)
    assert not first_half_for(asked, second)
    assert not first_half_for(asked, people.auditor)
    actions.change_password(fresh(people.health), "bốn món đồ trong nhà")
    assert "Xem nửa đầu" not in today(people.admin, "role_requests_asked")
    assert FIRST not in page(people.admin, people.health)


def test_a_later_password_takes_the_half_of_the_older_one_away(
    people: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    requesting.confirm_role(asked, by=second)
    requesting.renew_password(people.health, by=second)
    again = RoleRequest.objects.get(status="requested")
    requesting.confirm_role(again, by=people.admin)
    assert list(RoleRequest.objects.filter(gives_half=True)) == [again]
    assert FIRST not in page(people.admin, people.health)


def test_it_asks_first_and_changes_nothing_until_then(
    people: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    url = reverse("accounts:role_request_step", args=[asked.pk, "confirm"])
    shown = ask(client_of(second), url)
    assert is_asked(shown)
    assert "chia hai nửa" in shown.content.decode()
    assert fresh(people.health).check_password(PASSWORD)


def test_refused_taken_back_and_over_the_old_password_holds(
    people: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    step(client_of(second), asked, "refuse")
    assert "Không duyệt" in today(people.admin, "role_requests_asked")
    reset(client_of(people.admin), people.health)
    step(client_of(people.admin), RoleRequest.objects.get(status="requested"), "take-back")
    reset(client_of(people.admin), people.health)
    RoleRequest.objects.filter(status="requested").update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    late = RoleRequest.objects.get(status="requested")
    with pytest.raises(requesting.RequestOver):
        requesting.confirm_role(late, by=second)
    reset(client_of(people.admin), people.health)
    late.refresh_from_db()
    assert late.status == "expired"
    assert fresh(people.health).check_password(PASSWORD)


def test_asked_for_twice_it_is_one_request(people: SimpleNamespace, second: User, asked: RoleRequest) -> None:
    for user in (people.admin, second):
        reset(client_of(user), people.health)
    assert RoleRequest.objects.get() == asked


def test_each_step_is_in_the_log(people: SimpleNamespace, second: User, asked: RoleRequest) -> None:
    requesting.confirm_role(asked, by=second)
    verbs = ["password_requested", "confirm_password", "password_reset"]
    found = Event.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", "user")
    assert list(found) == list(zip(verbs, [people.admin.pk, second.pk, second.pk], strict=True))


def test_nobody_confirms_for_themselves_and_nobody_elsewhere(
    people: SimpleNamespace, places: SimpleNamespace, second: User, asked: RoleRequest
) -> None:
    own = requesting.renew_password(second, by=people.admin)
    assert isinstance(own, RoleRequest)
    assert step(client_of(second), own, "confirm").status_code == 403
    assert reset(client_of(second), second).status_code == 403
    local = make_user(Role.ADMIN, places.commune)
    local.assignments.create(role=Role.LEADER, place=places.home)
    assert step(client_of(local), asked, "confirm").status_code == 404
    assert step(client_of(people.auditor), asked, "confirm").status_code == 403


def test_an_administrator_of_a_part_confirms_nothing_for_who_also_works_elsewhere(
    people: SimpleNamespace, places: SimpleNamespace
) -> None:
    """The request lies where the account's widest role does; of two communes the local one may not either."""
    people.here.assignments.create(role=Role.COMMUNE_VIEWER, place=places.other_commune)
    request = requesting.renew_password(people.here, by=people.admin)
    assert isinstance(request, RoleRequest)
    local = make_user(Role.ADMIN, places.commune)
    assert step(client_of(local), request, "confirm").status_code == 403
    assert fresh(people.here).check_password(PASSWORD)


def test_who_made_the_account_does_not_know_its_password_when_its_first_guarded_role_is_confirmed(
    people: SimpleNamespace, places: SimpleNamespace, second: User
) -> None:
    new, known = actions.create_user(username="moi", full_name="Lê Thị Mới", by=people.admin)
    actions.change_password(new, "của quản trị thứ nhất")  # signs in with it, before anybody confirms
    inside = client_of(new)
    first = requesting.request_role(new, role=Role.HEALTH, place=places.home, by=people.admin)
    other = requesting.request_role(new, role=Role.AUDITOR, place=places.home, by=people.admin)
    assert isinstance(first, RoleRequest)
    assert isinstance(other, RoleRequest)
    after = requesting.confirm_role(first, by=second)
    first.refresh_from_db()
    account = fresh(new)
    assert account.check_password(first_half_for(first, people.admin) + after)
    assert not account.check_password(known)
    assert not account.check_password("của quản trị thứ nhất")
    assert "sign-in" in inside.get(reverse("accounts:first_screen"))["Location"]
    assert requesting.confirm_role(other, by=second) == ""
    assert fresh(new).password == account.password


def test_a_further_role_and_a_role_from_the_server_change_no_password(
    people: SimpleNamespace, places: SimpleNamespace, second: User
) -> None:
    new = UserFactory()
    for user, by in ((people.health, people.admin), (new, SYSTEM)):
        row = requesting.request_role(user, role=Role.AUDITOR, place=places.home, by=by)
        assert isinstance(row, RoleRequest)
        assert requesting.confirm_role(row, by=second) == ""
        assert fresh(user).check_password(PASSWORD)


def test_the_database_keeps_halves_to_confirmed_requests_and_one_an_account(
    asked: RoleRequest,
) -> None:
    with pytest.raises(IntegrityError, match="role_request_half_of_confirmed"):
        RoleRequest.objects.filter(pk=asked.pk).update(gives_half=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "locks",
    [True, pytest.param(False, marks=pytest.mark.any_order_of_locks)],
    ids=["locked", "control: not locked"],
)
def test_a_reset_in_the_midst_of_a_confirmation_leaves_no_password_that_one_person_knows(
    locks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = make_places()
    people = standing_people(places)
    second, new = make_user(Role.ADMIN, places.home), UserFactory()
    row = requesting.request_role(new, role=Role.HEALTH, place=places.home, by=people.admin)
    assert isinstance(row, RoleRequest)
    pause, give = Pause(), requesting.set_first_password

    def after_the_question(*args: Any, **kwargs: Any) -> None:
        pause()
        give(*args, **kwargs)

    monkeypatch.setattr(requesting, "set_first_password", after_the_question)
    if not locks:
        monkeypatch.setattr(
            type(User.objects), "select_for_update", lambda manager: manager.all(), raising=False
        )
    known, after = interrupt(
        pause,
        lambda: requesting.renew_password(new, by=people.admin),
        lambda: requesting.confirm_role(row, by=second),
    )
    row.refresh_from_db()
    assert fresh(new).check_password(known) is not locks
    assert fresh(new).check_password(first_half_for(row, people.admin) + after) is locks
    assert history(new).filter(verb="password_reset").count() == 2
