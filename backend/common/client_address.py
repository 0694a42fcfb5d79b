"""The address a request came from, as far as it can be trusted, and the network it stands for."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

OF_ONE_PLACE = {4: 24, 6: 48}
"""Leading bits that tell about where somebody is, and little more."""
OF_ONE_SUBSCRIBER = 64


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
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def source_address(request: HttpRequest | Request) -> str:
    """Return what counts as one source: an IPv4 address, or the network that one subscriber of IPv6 gets."""
    address = client_address(request)
    return str(ip_network(f"{address}/{OF_ONE_SUBSCRIBER}", strict=False)) if ":" in address else address


def network_words(request: HttpRequest | Request) -> str:
    """Return the network somebody came from as it may be kept and shown, for example 203.0.113.0/24, or nothing."""
    address = client_address(request)
    if not address:
        return ""
    bits = OF_ONE_PLACE[ip_address(address).version]
    return str(ip_network(f"{address}/{bits}", strict=False))
