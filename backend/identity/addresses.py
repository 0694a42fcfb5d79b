"""Addresses of other systems that may be asked: https in the open internet, or a host that the installation names."""

from collections.abc import Collection
from urllib.parse import urlsplit

from backend.common.outgoing import host_is_open


def address_is_good(*, address: str, allowed_hosts: Collection[str]) -> bool:
    """Say whether an address can be asked and shown to a browser; plain http only of hosts that are named."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        has_more = bool(parts.query or parts.fragment or parts.username is not None or parts.password is not None)
        _port = parts.port
    except ValueError:
        return False
    if not host or has_more or any(sign.isspace() or not sign.isprintable() for sign in address):
        return False
    if parts.scheme == "http":
        return host in allowed_hosts
    return parts.scheme == "https" and host_is_open(host=host, allowed_hosts=allowed_hosts)
