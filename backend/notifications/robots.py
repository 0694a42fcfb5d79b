"""Robots of WeCom, DingTalk and Feishu, and webhooks: services of Apprise that also look at what the other side says.

Apprise takes any answer 200 for success; the robots answer 200 with a code of their own when they refuse a message.
"""

import base64
import hashlib
import hmac
import json
import time
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from apprise import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from backend.common.outgoing import NotTaken
from backend.common.posting import post_json
from backend.notifications.messages import every_brand
from backend.organisation.models import ContactChannel

ID_HEADER = "X-Allclear-Message-Id"
REFUSED_FOR_GOOD = frozenset({93000, 300005, 310000, 19001, 19021, 19022, 19024})
"""Codes of a robot that is gone, or set up to refuse what we send: key, signature, address, keyword."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An HTTP message to a robot: the address, the document and the query."""

    address: str
    payload: dict[str, Any]
    params: dict[str, str] = field(default_factory=dict)


class Posted(NotifyBase):
    """A service of Apprise whose message goes out through our own door; `message_id` is the same at every try."""

    message_id = ""

    @abstractmethod
    def parcel(self, body: str, title: str) -> Parcel:
        """Return what is posted where."""

    def refusal(self, _answer: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return the code and the words with which a 200 refuses the message, or None."""
        return None

    def send(self, body: str, title: str = "", *_arguments: Any, **_options: Any) -> bool:
        """Post the message; raise NotTaken when it was not taken."""
        parcel = self.parcel(body, title)
        headers = {ID_HEADER: self.message_id}
        answer = post_json(address=parcel.address, payload=parcel.payload, headers=headers, params=parcel.params)
        refused = self.refusal(_document(answer))
        if refused is not None:
            code, words = refused
            raise NotTaken(f"{code}: {words}"[:200], is_permanent=code in REFUSED_FOR_GOOD)
        return True


class WeComRobot(Posted, NotifyWeComBot):
    """A robot of a WeCom group."""

    def parcel(self, body: str, title: str) -> Parcel:  # noqa: ARG002 - Apprise puts the title into the body
        """Return a text message."""
        return Parcel(self.api_url, {"msgtype": "text", "text": {"content": body}})

    def refusal(self, answer: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return errcode and errmsg unless the code is 0."""
        return _said(answer, "errcode", "errmsg")


class DingTalkRobot(Posted, NotifyDingTalk):
    """A robot of a DingTalk group, signed where it has a secret."""

    def parcel(self, body: str, title: str) -> Parcel:
        """Return a text message with its signature."""
        address, _mark, query = self.notify_url.format(token=self.token).partition("?")
        params = dict(parse_qsl(query))
        if self.secret:
            timestamp, signature = self.get_signature()  # type: ignore[no-untyped-call]
            params |= {"timestamp": timestamp, "sign": NotifyDingTalk.unquote(signature)}
        text = f"{title}\n{body}" if title else body
        return Parcel(address, {"msgtype": "text", "text": {"content": text}}, params)

    def refusal(self, answer: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return errcode and errmsg unless the code is 0."""
        return _said(answer, "errcode", "errmsg")


class FeishuRobot(Posted, NotifyFeishu):
    """A robot of a Feishu group, signed where it has a secret."""

    secret: str | None = None

    def parcel(self, body: str, title: str) -> Parcel:  # noqa: ARG002 - Apprise puts the title into the body
        """Return a text message."""
        address = self.notify_url.format(token=self.token).rstrip("/")
        message = {"msg_type": "text", "content": {"text": body}}
        if self.secret:
            timestamp = str(int(time.time()))
            message |= {"timestamp": timestamp, "sign": feishu_signature(timestamp=timestamp, secret=self.secret)}
        return Parcel(address, message)

    def refusal(self, answer: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return code and msg unless the code is 0."""
        return _said(answer, "code", "msg")


class Webhook(Posted, NotifyJSON):
    """Any address that takes Apprise's JSON document; ours has the message's id in it."""

    def parcel(self, body: str, title: str) -> Parcel:
        """Return the document of Apprise's json:// with the id added."""
        port = f":{self.port}" if self.port else ""
        document = {
            "version": self.json_version,
            "id": self.message_id,
            "title": title,
            "message": body,
            "attachments": [],
            "type": "info",
        }
        host = f"[{self.host}]" if ":" in self.host else self.host
        return Parcel(f"https://{host}{port}{self.fullpath}", document, self.params)


def robot_send(*, kind: str, address: str, subject: str, body: str, message_id: str) -> None:
    """Send a message to a robot or a hook; raise NotTaken when it was not taken."""
    robot = _robot(kind, address)
    robot.message_id = message_id
    robot.notify(body=f"{body.rstrip()}\n{every_brand()} #{message_id[:8]}", title=subject)


def feishu_signature(*, timestamp: str, secret: str) -> str:
    """Return Feishu's signature: an empty message under the key of timestamp and secret; the time is the real one."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()


def _robot(kind: str, address: str) -> Posted:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    if kind == ContactChannel.Kind.WECOM:
        return WeComRobot(key=query["key"])  # type: ignore[no-untyped-call]
    if kind == ContactChannel.Kind.DINGTALK:
        return DingTalkRobot(token=query["access_token"], secret=query.get("secret"))  # type: ignore[no-untyped-call]
    if kind == ContactChannel.Kind.FEISHU:
        feishu = FeishuRobot(token=parts.path.rstrip("/").rpartition("/")[2])  # type: ignore[no-untyped-call]
        feishu.secret = query.get("secret")
        return feishu
    return Webhook(host=parts.hostname, port=parts.port, fullpath=parts.path, secure=True, params=query)  # type: ignore[no-untyped-call]


def _document(answer: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _said(answer: Mapping[str, Any], code: str, words: str) -> tuple[int, str] | None:
    number = answer.get(code)
    if number == 0:
        return None
    if not isinstance(number, int):
        return (-1, "The answer is not one of a robot.")
    return (number, str(answer.get(words, "")))
