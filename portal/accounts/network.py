"""The network of an address, as limits count it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str | None) -> str:
    """Return the address itself for IPv4, and its /64 for IPv6: one customer has a whole /64, often more.

    An IPv4 address written as IPv6 is that IPv4 address. Empty for an unknown one.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((parsed.packed, 64), strict=False))
        return str(parsed.ipv4_mapped)
    return str(parsed)
