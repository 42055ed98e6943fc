"""The network of an address, by which limits count."""

from __future__ import annotations

import pytest

from portal.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("2002:cb00:7107::1", "203.0.113.7"),
        ("2002:cb00:7107:ffff::1", "203.0.113.7"),
        ("", None),
        (None, None),
        ("unknown", None),
        ("203.0.113.7:443", None),
        ("203.0.113.007", None),
    ],
)
def test_the_network_of_an_address(address: str | None, network: str | None) -> None:
    assert network_of(address) == network
