"""The facility's page."""

from __future__ import annotations

from tests.quarantine.conftest import url


def test_a_facility_manager_sees_only_the_facility(world, family, open_for, as_user):
    inside = open_for(family[0], ago=14, place=world.site, mode="facility")
    outside = open_for(family[1], ago=2)
    manager = as_user(world.users.manager)
    page = manager.get(url("facility")).content.decode()
    assert "Nguyễn Thị Lan" in page
    assert "Đến ngày ra" in page
    assert "Lê Văn Hùng" not in page
    assert manager.get(url("order", inside.pk)).status_code == 200
    assert manager.get(url("order", outside.pk)).status_code == 404
    assert as_user(world.users.here).get(url("facility")).status_code == 403
