"""The first administrator of a fresh portal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import User
from portal.accounts.roles import Permission
from tests.repatriation.world.places import make_places


@pytest.mark.django_db
def test_the_first_administrator_manages_the_home_province_and_must_change_the_password() -> None:
    places = make_places()
    out = StringIO()
    call_command("add_admin", "khoa", "Đỗ Anh Khoa", stdout=out)
    user = User.objects.get(username="khoa")
    assert user.may(Permission.MANAGE_USERS, places.commune)
    assert not user.may(Permission.MANAGE_USERS, places.city)
    assert user.must_change_password
    assert user.check_password(out.getvalue().split()[1])


@pytest.mark.django_db
def test_a_name_that_is_taken_or_a_country_not_loaded_is_said() -> None:
    with pytest.raises(CommandError, match="load_places"):
        call_command("add_admin", "khoa", "Đỗ Anh Khoa")
    make_places()
    call_command("add_admin", "khoa", "Đỗ Anh Khoa", stdout=StringIO())
    with pytest.raises(CommandError, match="already"):
        call_command("add_admin", "khoa", "Đỗ Anh Khoa")
