"""Addresses of the network outside: open ones, and every way to write one that leads inside."""

import pytest

from backend.common.outgoing import NotTaken, ip_is_open
from backend.common.posting import post_json

OPEN = ("1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1", "2a00:1450:4001::5efe:808:808")
INSIDE = (
    *(
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "192.168.0.1",
        "0.0.0.0",  # noqa: S104 - judged, not listened on
        "224.0.0.1",
        "255.255.255.255",
    ),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1"),
    *("fec0::1", "5f00::1", "192.0.0.8", "64:ff9b::c000:8"),
    *("::127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "::1.1.1.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b:1:abcd::1.1.1.1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::"),
    *("2001:0:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:101:101:0:0:f5ff:fffe"),
    *("2a00:1450:4001::5efe:a00:1", "2a00:1450:4001::200:5efe:127.0.0.1", "fe80::5efe:10.0.0.1"),
)


@pytest.mark.parametrize("address", OPEN)
def test_open(address: str) -> None:
    assert ip_is_open(address)


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not ip_is_open(address)


@pytest.mark.parametrize("text", ["localhost", "", "1.1.1", "0x7f000001", "[::1]"])
def test_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ip_is_open(text)


@pytest.mark.parametrize("host", ["portal..example", f"{'a' * 64}.example"])
def test_a_host_that_can_have_no_address_refuses_a_message_for_good(host: str) -> None:
    with pytest.raises(NotTaken, match="no name of a host") as refused:
        post_json(address=f"https://{host}/", payload={}, headers={})
    assert refused.value.is_permanent
