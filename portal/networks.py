"""Which network an internet address belongs to. Every limit that counts by address counts by this."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

HOUSEHOLD = (
    64  # bits: a provider gives a household, and anybody who rents a server, at least this many addresses
)


def network_of(address: str | None) -> str | None:
    """Return the network as an address: an IPv4 address as it is, of an IPv6 address the first of its /64.

    An IPv4 address that is written as IPv6 counts as the IPv4 address, and so do the 65,536 networks that 6to4 gives
    each of them. None for what is no address.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), HOUSEHOLD), strict=False).network_address)
    return str(found)
