"""The address a request came from, as far as it can be trusted, and the network it stands for."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

OF_ONE_PLACE = {4: 24, 6: 48}
"""Leading bits that tell about where somebody is, and little more."""
OF_ONE_SUBSCRIBER = 64
OF_ONE_CUSTOMER = 48


def client_address(request: HttpRequest | Request) -> str:
    """Return the address of the client: what the proxy says it saw, where there is one, else the socket's."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        # Earlier parts were said by the client itself; the proxy adds the last.
        seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or seen
    try:
        address = ip_address(seen)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        # Whoever has an IPv4 address has these of IPv6 too, and is still one client.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        address = inner or address
    return str(address)


def source_address(request: HttpRequest | Request) -> str:
    """Return what counts as one source: an IPv4 address, or the network that one subscriber of IPv6 gets."""
    return _network(client_address(request), OF_ONE_SUBSCRIBER)


def wider_source(request: HttpRequest | Request) -> str:
    """Return the network of which one customer of IPv6 may have all 65,536 subscribers' networks; of IPv4 nothing."""
    address = client_address(request)
    return _network(address, OF_ONE_CUSTOMER) if ":" in address else ""


def _network(address: str, bits: int) -> str:
    return str(ip_network(f"{address}/{bits}", strict=False)) if ":" in address else address


def network_words(request: HttpRequest | Request) -> str:
    """Return the network somebody came from as it may be kept and shown, for example 203.0.113.0/24, or nothing."""
    address = client_address(request)
    if not address:
        return ""
    bits = OF_ONE_PLACE[ip_address(address).version]
    return str(ip_network(f"{address}/{bits}", strict=False))
