"""The addresses of channels that are acceptable. Pure."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid
from backend.common.mail_addresses import is_mail_address, mail_address_of
from backend.common.outgoing import host_is_open
from backend.organisation.models import ContactChannel

Kind = ContactChannel.Kind
ROBOTS: dict[str, tuple[str, re.Pattern[str]]] = {
    Kind.WECOM: ("qyapi.weixin.qq.com", re.compile(r"/cgi-bin/webhook/send\?key=[A-Za-z0-9_-]{8,80}")),
    Kind.DINGTALK: (
        "oapi.dingtalk.com",
        re.compile(r"/robot/send\?access_token=[A-Za-z0-9]{16,100}(&secret=[A-Za-z0-9]{16,100})?"),
    ),
    Kind.FEISHU: (
        "open.feishu.cn",
        re.compile(r"/open-apis/bot/v2/hook/[A-Za-z0-9_-]{8,80}/?(\?secret=[A-Za-z0-9_-]{8,100})?"),
    ),
}
"""The address of each robot; the secret of one that wants signatures is kept in it, as a field of its query."""
SIGNED: dict[str, str] = {Kind.DINGTALK: "&secret=", Kind.FEISHU: "?secret="}
SECRET_AT_END = re.compile(r"[?&]secret=[^&]*$")
SECRET = re.compile(r"[A-Za-z0-9_-]{8,100}")
VISIBLE = re.compile(r"[!-~]+")


class AddressWrong(Invalid):
    """The address does not fit the kind of channel."""

    code = "address_wrong"
    title = _("This address does not fit. Please copy it again, whole.")


class AddressInside(Invalid):
    """The address of a hook points into a private network that nobody has opened for hooks."""

    code = "address_inside"
    title = _("This address lies inside a private network. Please ask your administrator to allow its host.")


class SecretWrong(Invalid):
    """The secret is none of a robot, or the kind of channel has none."""

    code = "secret_wrong"
    title = _("This is no secret of such a robot. Copy it again, or leave it empty where the robot asks for none.")


def address_signed(*, kind: str, address: str, secret: str) -> str:
    """Return a robot's address together with its secret; raise SecretWrong."""
    if not secret:
        return address
    if kind not in SIGNED or not SECRET.fullmatch(secret.strip()) or "secret=" in address:
        raise SecretWrong(pointer="/secret")
    return f"{address.strip()}{SIGNED[kind]}{secret.strip()}"


def destination_of(*, kind: str, address: str) -> str:
    """Return the address without its secret: whatever is typed as one, it is the same robot that is written to."""
    return SECRET_AT_END.sub("", address) if kind in SIGNED else address


def address_clean(*, kind: str, address: str, allowed_hosts: Collection[str]) -> str:
    """Return the address as it is stored; raise AddressWrong or AddressInside."""
    text = address.strip()
    if kind == Kind.EMAIL:
        return _email(mail_address_of(text))
    parts = _https(text)
    if kind in ROBOTS:
        host, rest = ROBOTS[kind]
        if parts.hostname != host or parts.port or not rest.fullmatch(f"{parts.path}?{parts.query}".removesuffix("?")):
            raise AddressWrong(_robot_hint(kind), pointer="/address")
        parts = parts._replace(path=parts.path.rstrip("/"))
    elif not host_is_open(host=parts.hostname or "", allowed_hosts=allowed_hosts):
        raise AddressInside(pointer="/address")
    return _in_one_spelling(parts)


def _in_one_spelling(parts: SplitResult) -> str:
    """Return an address with its host in small letters and without the usual port, so that one robot is one."""
    return urlunsplit(parts._replace(netloc=parts.netloc.lower().removesuffix(":443")))


def _email(text: str) -> str:
    if not is_mail_address(text):
        raise AddressWrong(_("Please give an e-mail address like name@school.example."), pointer="/address")
    return text


def _https(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_good = bool(parts.hostname) and VISIBLE.fullmatch(text) and "\\" not in text and parts.port != 0
    except ValueError:
        raise AddressWrong(pointer="/address") from None
    if parts.scheme != "https" or not is_good or parts.username or parts.password or parts.fragment:
        raise AddressWrong(_("Please give a whole address that begins with https://."), pointer="/address")
    return parts


def _robot_hint(kind: str) -> str:
    host, _rest = ROBOTS[kind]
    return _("Please paste the robot's whole address; it begins with https://%(host)s/.") % {"host": host}
