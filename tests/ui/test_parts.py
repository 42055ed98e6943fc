from types import SimpleNamespace

import pytest

from portal.ui import parts


def item(key, order=100, permission=None):
    return parts.NavigationItem(key=key, label=key, url_name="home", order=order, permission=permission)


def test_parts_come_in_order_and_then_by_key():
    registry = parts.Registry("navigation")
    for part in (item("c", 20), item("b", 10), item("a", 20)):
        registry.register(part)
    assert [part.key for part in registry] == ["b", "a", "c"]
    assert len(registry) == 3
    assert registry.get("b").order == 10
    assert registry.get("x") is None


def test_a_key_twice_is_refused():
    registry = parts.Registry("navigation")
    registry.register(item("a"))
    with pytest.raises(parts.PartRegisteredTwice, match="'a'"):
        registry.register(item("a"))


def test_a_user_gets_the_parts_that_their_permissions_allow():
    registry = parts.Registry("navigation")
    registry.register(item("open"))
    registry.register(item("people", permission="see_people"))
    registry.register(item("users", permission="manage_users"))
    user = SimpleNamespace(is_authenticated=True, may=lambda permission: permission == "see_people")
    assert [part.key for part in registry.all_for(user)] == ["open", "people"]


def test_nobody_gets_nothing():
    registry = parts.Registry("navigation")
    registry.register(item("open"))
    assert registry.all_for(SimpleNamespace(is_authenticated=False)) == []
