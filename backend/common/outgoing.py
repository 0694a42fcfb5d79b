"""Addresses that somebody else chose: which of them a message may go to, only into the open internet."""

import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

INSIDE = re.compile(r"(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|arpa)\.?$")

TRANSLATED = IPv6Network("64:ff9b::/96")
"""Translators (NAT64, RFC 6052) send what goes there to the IPv4 address in the last 32 bits."""
TO_ONESELF = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("64:ff9b:1::/48"))
"""Forms of IPv4 addresses that were given up (RFC 4291, RFC 2765), and translators inside one network (RFC 8215)."""
INSIDE_TOO = (IPv6Network("fec0::/10"), IPv6Network("5f00::/16"), IPv4Network("192.0.0.8/32"))
"""Not of the open internet, whatever Python says of them: sites' own (RFC 3879), segments (RFC 9602), the dummy."""
ISATAP = 0x0000_5EFE
"""Before the last 32 bits: they are an IPv4 address (RFC 5214); the first half may carry one bit more."""


class NotTaken(Exception):
    """The other side did not take a message; a permanent refusal would be the same the next time.

    `status` is what it answered; None where it did not.
    """

    def __init__(self, reason: str, *, is_permanent: bool = False, status: int | None = None) -> None:
        self.reason = reason
        self.status = status
        self.is_permanent = is_permanent
        super().__init__(reason)


def host_is_open(*, host: str, allowed_hosts: Collection[str]) -> bool:
    """Say whether a hook may name this host: an allowed one, or one that does not by itself point inside."""
    name = host.lower()
    if name in allowed_hosts:
        return True
    try:
        return ip_is_open(name)
    except ValueError:
        # A number without dots, or in hex, is another way to write an address of the network.
        return "." in name and not INSIDE.search(name) and not re.fullmatch(r"[0-9a-fx.]*", name)


def ip_is_open(text: str) -> bool:
    """Say whether an address of the network is one of the open internet; anything else is a ValueError.

    An IPv6 address that carries an IPv4 address in it, for a translator or a tunnel to unpack, is as open as both.
    """
    address = ip_address(text.split("%", maxsplit=1)[0])
    if any(address in network for network in TO_ONESELF):
        return False
    return all(_is_open(one) for one in (address, *_carried(address)))


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in INSIDE_TOO)


def _carried(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv4Address):
        return
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in TRANSLATED or int(address) >> 32 & 0xFDFF_FFFF == ISATAP:
        yield last
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
