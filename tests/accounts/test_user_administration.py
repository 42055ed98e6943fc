"""Accounts and their roles: what an administrator may do, and not beyond their own places."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.forms import UserForm
from portal.accounts.models import Assignment, User
from portal.accounts.roles import Role
from portal.records.log import history
from tests.factories import PASSWORD, UserFactory, client_of, fresh, make_user
from tests.race import at_once, meeting

LIST = "/officer/users/"
DAY = dt.timedelta(days=1)


def page(user: User, then: str = "") -> str:
    return f"{LIST}{user.pk}/{then}"


@pytest.fixture
def admin(people: SimpleNamespace) -> Client:
    return client_of(people.admin)


@pytest.fixture
def local(people: SimpleNamespace, places: SimpleNamespace) -> User:
    """An administrator of one commune."""
    return make_user(Role.ADMIN, places.commune, username="quantrixa")


def test_the_list_shows_accounts_of_my_places_and_those_without_any(
    people: SimpleNamespace, local: User
) -> None:
    loose = UserFactory(full_name="Chưa Giao")
    seen = set(User.objects.visible_to(local))
    assert seen == {people.here, people.viewer, local, loose}
    assert User.objects.visible_to(people.here).count() == 0
    shown = client_of(local).get(LIST).content.decode()
    assert people.here.full_name in shown
    assert people.elsewhere.full_name not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Hạnh", True),
        ("hạnh", True),
        ("hanh", True),
        ("nguyen thi", True),
        ("NGUYỄN", True),
        ("Lộc", False),
        ("%", False),
        ("!", False),
    ],
)
def test_the_list_is_searched_by_name_without_marks_and_by_sign_in(
    query: str, found: bool, admin: Client, people: SimpleNamespace
) -> None:
    shown = admin.get(LIST, {"q": query}).content.decode()
    assert (people.here.full_name in shown) is found


def test_a_search_that_finds_nobody_says_what_to_do(admin: Client) -> None:
    assert "Vui lòng tìm bằng tên khác" in admin.get(LIST, {"q": "zzz\0"}).content.decode()


def test_the_list_costs_the_same_at_one_row_and_at_thirty(
    people: SimpleNamespace, places: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        client = client_of(people.admin)
        with django_assert_max_num_queries(50) as counted:
            assert client.get(LIST).status_code == 200
        return len(counted)

    first = queries()
    for _number in range(30):
        make_user(Role.COMMUNE, places.commune)
    assert queries() == first


def test_adding_an_account_shows_its_first_password_once(admin: Client, people: SimpleNamespace) -> None:
    answer = admin.post(f"{LIST}add/", {"username": "moi.xa", "full_name": "Lê Thị Mới", "phone": ""})
    user = User.objects.get(username="moi.xa")
    assert answer["Location"] == page(user)
    shown = admin.get(page(user)).content.decode()
    password = shown.split("Mật khẩu lần đầu: ")[1].split("<")[0].strip()
    assert user.check_password(password)
    assert user.must_change_password
    assert "Mật khẩu lần đầu" not in admin.get(page(user)).content.decode()
    assert history(user).get().verb == "created"


@pytest.mark.parametrize(
    "username", ["hanh", "Hạnh", "hanh hung", "HANH", "../x", "", "-a", "a" * 61, "hanh\n"]
)
def test_a_sign_in_name_that_is_taken_or_odd_is_refused_and_what_was_typed_is_kept(
    username: str, admin: Client, people: SimpleNamespace
) -> None:
    before = User.objects.count()
    answer = admin.post(f"{LIST}add/", {"username": username, "full_name": "Lê Thị Mới"})
    if username == "hanh\n":  # the field strips it: the name is taken
        assert "đã có" in answer.content.decode()
    assert answer.status_code == 200
    assert "Lê Thị Mới" in answer.content.decode()
    assert User.objects.count() == before


def test_a_name_taken_in_the_same_moment_is_a_sentence(
    admin: Client, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserForm, "clean_username", lambda form: form.cleaned_data["username"])
    monkeypatch.setattr(UserForm, "validate_unique", lambda form: None)
    answer = admin.post(f"{LIST}add/", {"username": "hanh", "full_name": "Lê Thị Mới"})
    assert answer.status_code == 200
    assert "Tên đăng nhập này đã có" in answer.content.decode()


def test_a_role_is_given_and_works_at_the_next_request(
    admin: Client, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    user = make_user()
    client = client_of(user)
    assert client.get("/officer/people/").status_code == 403
    answer = admin.post(page(user, "assign/"), {"role": "commune_viewer", "place": places.commune.pk})
    assert answer["Location"] == page(user)
    assert client.get("/officer/people/").status_code == 200
    event = history(user).get(verb="assigned")
    assert (event.data["role"], event.place, event.user) == ("commune_viewer", places.commune, people.admin)


@pytest.mark.parametrize("name", ["home", "commune", "checkpoint", "pickup"])
def test_a_role_can_be_given_at_a_place_of_any_kind(
    name: str, admin: Client, places: SimpleNamespace
) -> None:
    user, place = make_user(), getattr(places, name)
    if name == "pickup":
        place.parent = places.commune
        place.save()
    assert admin.post(page(user, "assign/"), {"role": "leader", "place": place.pk}).status_code == 302
    assert user.assignments.get().place == place


@pytest.mark.parametrize(
    "data", [{}, {"role": "king"}, {"role": "commune"}, {"role": "commune", "place": "x"}]
)
def test_a_role_without_a_right_place_is_refused_with_the_page(
    data: dict[str, str], admin: Client, people: SimpleNamespace
) -> None:
    answer = admin.post(page(people.here, "assign/"), data)
    assert answer.status_code == 422
    assert "Vui lòng" in answer.content.decode()
    assert people.here.assignments.count() == 1


def test_pressed_twice_a_role_is_given_once(
    admin: Client, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    user = make_user()
    for _time in range(2):
        admin.post(page(user, "assign/"), {"role": "commune_viewer", "place": places.commune.pk})
    assert user.assignments.count() == 1
    assert history(user).filter(verb="assigned").count() == 1


def test_no_role_is_given_over_a_place_outside_ones_own(
    people: SimpleNamespace, places: SimpleNamespace, local: User
) -> None:
    client, user = client_of(local), make_user()
    for place in (places.home, places.country, places.other_commune):
        answer = client.post(page(user, "assign/"), {"role": "commune", "place": place.pk})
        assert answer.status_code == 403
    assert not user.assignments.exists()
    assert (
        client.post(page(user, "assign/"), {"role": "commune", "place": places.commune.pk}).status_code == 302
    )


def test_nobody_gives_or_takes_a_role_of_their_own(
    admin: Client, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    """An administrator sees no health data: they must not help themselves to a role that does."""
    answer = admin.post(page(people.admin, "assign/"), {"role": "health", "place": places.home.pk})
    assert answer.status_code == 403
    own = people.admin.assignments.get()
    assert admin.post(page(people.admin, f"assignments/{own.pk}/end/")).status_code == 403
    assert people.admin.assignments.get().role == Role.ADMIN
    assert "Không ai tự giao vai trò" in admin.get(page(people.admin)).content.decode()


def test_ending_an_assignment_takes_effect_at_once(admin: Client, people: SimpleNamespace) -> None:
    client, mine = client_of(people.here), people.here.assignments.get()
    assert client.get("/officer/people/").status_code == 200
    admin.post(page(people.here, f"assignments/{mine.pk}/end/"))
    assert client.get("/officer/people/").status_code == 403
    assert history(people.here).get(verb="unassigned").data["role"] == "commune"


@pytest.mark.parametrize(("starts", "kept"), [(-30, True), (-1, True), (0, False), (5, False)])
def test_an_ended_assignment_keeps_the_days_it_was_in_force(
    starts: int, kept: bool, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    today = timezone.localdate()
    user = make_user(Role.COMMUNE, places.commune, starts_on=today + starts * DAY)
    actions.end_assignment(user.assignments.get(), by=people.admin)
    assert [row.ends_on for row in user.assignments.all()] == ([today - DAY] if kept else [])
    assert not fresh(user).place_ids()


def test_ending_what_is_over_already_does_not_lengthen_it(
    admin: Client, people: SimpleNamespace, places: SimpleNamespace
) -> None:
    today = timezone.localdate()
    people.here.assignments.update(starts_on=today - 90 * DAY, ends_on=today - 60 * DAY)
    people.here.assignments.create(role=Role.COMMUNE_VIEWER, place=places.commune)
    over = people.here.assignments.get(role=Role.COMMUNE)
    assert admin.post(page(people.here, f"assignments/{over.pk}/end/")).status_code == 302
    over.refresh_from_db()
    assert over.ends_on == today - 60 * DAY
    assert not history(people.here).filter(verb="unassigned").exists()


def test_an_assignment_is_ended_only_under_its_own_account(admin: Client, people: SimpleNamespace) -> None:
    mine = people.here.assignments.get()
    assert admin.post(page(people.viewer, f"assignments/{mine.pk}/end/")).status_code == 404
    assert people.here.assignments.get().ends_on is None


def test_a_fresh_password_is_shown_once_and_must_be_changed(admin: Client, people: SimpleNamespace) -> None:
    admin.post(page(people.viewer, "reset-password/"))
    shown = admin.get(page(people.viewer)).content.decode()
    password = shown.split("chỉ hiện một lần: ")[1].split("<")[0].strip()
    user = fresh(people.viewer)
    assert user.check_password(password)
    assert not user.check_password(PASSWORD)
    assert user.must_change_password
    assert history(user).get(verb="password_reset").user == people.admin


def test_an_account_is_stopped_and_reopened_and_pressing_twice_is_logged_once(
    admin: Client, people: SimpleNamespace
) -> None:
    for wish in ("0", "0", "1", "1"):
        assert admin.post(page(people.here, "active/"), {"active": wish}).status_code == 302
        assert fresh(people.here).is_active is (wish == "1")
    assert [event.verb for event in history(people.here)] == ["deactivated", "activated"]


def test_nobody_stops_their_own_account(admin: Client, people: SimpleNamespace) -> None:
    assert admin.post(page(people.admin, "active/"), {"active": "0"}).status_code == 403
    assert fresh(people.admin).is_active


@pytest.mark.parametrize("then", ["reset-password/", "active/"])
def test_an_account_that_also_works_elsewhere_is_not_taken_over(
    then: str, people: SimpleNamespace, places: SimpleNamespace, local: User
) -> None:
    """With its password one could act for the province."""
    people.auditor.assignments.create(role=Role.COMMUNE_VIEWER, place=places.commune)
    client = client_of(local)
    assert client.get(page(people.auditor)).status_code == 200
    assert client.post(page(people.auditor, then)).status_code == 403
    assert fresh(people.auditor).check_password(PASSWORD)
    assert fresh(people.auditor).is_active
    future = timezone.localdate() + DAY
    people.here.assignments.create(role=Role.COMMUNE, place=places.home, starts_on=future)
    assert client.post(page(people.here, then)).status_code == 403
    assert client.post(page(people.viewer, then)).status_code == 302


POSTS = ["assign/", "assignments/{}/end/", "reset-password/", "active/"]


@pytest.mark.parametrize("then", ["", *POSTS])
def test_elsewhere_is_404_and_without_the_right_403(then: str, people: SimpleNamespace, local: User) -> None:
    url = page(people.elsewhere, then.format(people.elsewhere.assignments.get().pk))
    for user, status in ((local, 404), (people.here, 403), (people.auditor, 403), (people.leader, 403)):
        client = client_of(user)
        answer = client.post(url) if then else client.get(url)
        assert answer.status_code == status
    assert people.elsewhere.assignments.get().ends_on is None
    assert fresh(people.elsewhere).check_password(PASSWORD)


@pytest.mark.parametrize("then", POSTS)
def test_a_get_changes_nothing(then: str, admin: Client, people: SimpleNamespace) -> None:
    url = page(people.here, then.format(people.here.assignments.get().pk))
    assert admin.get(url).status_code == 405
    assert not history(people.here).exists()


def test_list_and_adding_need_the_right(people: SimpleNamespace, client: Client) -> None:
    for url in (LIST, f"{LIST}add/"):
        assert client.get(url)["Location"].startswith("/officer/sign-in/")
        assert client_of(people.here).get(url).status_code == 403
    assert client_of(people.here).post(f"{LIST}add/", {"username": "x"}).status_code == 403


def test_the_database_refuses_an_unknown_role_and_an_end_before_the_start(places: SimpleNamespace) -> None:
    user, today = make_user(), timezone.localdate()
    with pytest.raises(IntegrityError, match="assignment_ends_after_start"):
        user.assignments.create(role=Role.ADMIN, place=places.home, starts_on=today, ends_on=today - DAY)


def test_the_database_refuses_an_unknown_role(places: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError, match="assignment_role_known"):
        make_user().assignments.create(role="king", place=places.home)


# --- Two administrators at once


def give_at_once() -> tuple[User, list[Any]]:
    from tests.repatriation.world.places import make_places

    places = make_places()
    user, admin = make_user(), make_user(Role.ADMIN, places.home)

    def give() -> Assignment:
        return actions.assign(user, role=Role.COMMUNE, place=places.commune, by=admin)

    return user, at_once(give, give)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_give_one_role() -> None:
    user, results = give_at_once()
    assert results[0] == results[1]
    assert user.assignments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_would_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    meet = meeting(2)
    create = Assignment.objects.create

    def late(**values: Any) -> Assignment:
        meet()
        return create(**values)

    monkeypatch.setattr(type(User.objects), "select_for_update", lambda manager: manager.all(), raising=False)
    monkeypatch.setattr(Assignment.objects, "create", late)
    user, _results = give_at_once()
    assert user.assignments.count() == 2
