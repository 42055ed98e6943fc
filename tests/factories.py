"""The standing people of the tests, and small makers of rows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import factory
from django.test import Client

from citizens.models import Person
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.places.models import Place

PASSWORD = "một-mật-khẩu-dài-9"


class UserFactory(factory.django.DjangoModelFactory):
    """An officer without any assignment."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"canbo{n}")
    full_name = factory.Sequence(lambda n: f"Cán Bộ {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return User.objects.create_user(fields.pop("username"), fields.pop("password", PASSWORD), **fields)


class PersonFactory(factory.django.DjangoModelFactory):
    """A grown woman of a commune, which the caller names as `home_commune`."""

    class Meta:
        model = Person

    full_name = "Nguyễn Thị Lan"
    sex = "female"
    birth_date = dt.date(1984, 3, 12)
    identity_number = factory.Sequence(lambda n: f"072184{n:06d}")
    identity_kind = "cccd"
    phone = factory.Sequence(lambda n: f"+8490{n:07d}")
    proved_phone = factory.SelfAttribute("phone")
    address = "Tổ 3, ấp Bùng Binh"


def make_user(role: Role | str | None = None, place: Place | None = None, **fields: Any) -> User:
    """An officer with one role at one place; `starts_on` and `ends_on` go to the assignment."""
    dates = {name: fields.pop(name) for name in ("starts_on", "ends_on") if name in fields}
    user = UserFactory(**fields)
    if role is not None:
        user.assignments.create(role=role, place=place, **dates)
    return user


def fresh(user: User) -> User:
    """The same officer at their next request: nothing about scopes is remembered."""
    return User.objects.get(pk=user.pk)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def standing_people(places: SimpleNamespace) -> SimpleNamespace:
    """The officer here, the one elsewhere, the one who only looks, and those of the province."""
    return SimpleNamespace(
        here=make_user(Role.COMMUNE, places.commune, username="hanh", full_name="Nguyễn Thị Hạnh"),
        elsewhere=make_user(Role.COMMUNE, places.other_commune, username="loc", full_name="Trần Văn Lộc"),
        viewer=make_user(Role.COMMUNE_VIEWER, places.commune, username="thu", full_name="Võ Minh Thư"),
        health=make_user(Role.HEALTH, places.home, username="ha", full_name="Đặng Thu Hà"),
        coordinator=make_user(Role.COORDINATOR, places.home, username="nam", full_name="Lê Hoàng Nam"),
        leader=make_user(Role.LEADER, places.home, username="dinh", full_name="Trương Công Định"),
        admin=make_user(Role.ADMIN, places.home, username="khoa", full_name="Đỗ Anh Khoa"),
        auditor=make_user(Role.AUDITOR, places.home, username="le", full_name="Phan Thị Mỹ Lệ"),
    )
