"""The page of a person's channels: its cards, its switches and its forms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.notifications.ringing import Group
from backend.notifications.selectors import GroupChoice, channel_problem
from backend.organisation.models import ContactChannel

Kind = ContactChannel.Kind
CHANNEL_KINDS: dict[str, Promise] = {
    Kind.EMAIL: _("E-mail"),
    Kind.WECOM: _("WeCom robot"),
    Kind.DINGTALK: _("DingTalk robot"),
    Kind.FEISHU: _("Feishu robot"),
    Kind.WEBHOOK: _("Webhook"),
}
LONGEST_SHOWN = 44


class ChannelForm(forms.Form):
    """A channel to add."""

    kind = forms.ChoiceField(choices=Kind.choices, error_messages={"required": _("Please choose one.")})
    address = forms.CharField(max_length=500, error_messages={"required": _("Please give the address.")})
    secret = forms.CharField(max_length=100, required=False)


class CodeForm(forms.Form):
    """The six digits that were sent."""

    code = forms.RegexField(
        r"^[0-9]{6}$",
        error_messages={
            "required": _("Please type the six digits that we sent."),
            "invalid": _("Please type the six digits that we sent."),
        },
    )


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """A channel in the list."""

    channel: ContactChannel
    kind: Promise
    address: str
    problem: str
    refused: str


@dataclass(frozen=True, slots=True)
class Switch:
    """One channel for one group of messages."""

    channel_id: int
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """A group of messages with a switch for each verified channel."""

    group: Group
    switches: tuple[Switch, ...]
    always: str


def channel_cards(*, channels: Sequence[ContactChannel], problems: Mapping[int, object]) -> list[ChannelCard]:
    """Return the channels as the page lists them; of a long address, which is a secret of sorts, the beginning."""
    return [
        ChannelCard(
            channel,
            CHANNEL_KINDS[channel.kind],
            _shown(channel.shown),
            str(problems.get(channel.id, "")),
            channel_problem(channel),
        )
        for channel in channels
    ]


def choice_cards(*, channels: Sequence[ContactChannel], choices: Sequence[GroupChoice]) -> list[ChoiceCard]:
    """Return each group with its switches, and the channel that urgent messages keep."""
    labels = {
        channel.id: f"{CHANNEL_KINDS[channel.kind]} · {_shown(channel.shown)}"
        for channel in channels
        if channel.verified_at
    }
    return [
        ChoiceCard(
            choice.group,
            tuple(Switch(channel_id, label, channel_id in choice.channels) for channel_id, label in labels.items()),
            labels[choice.always] if choice.always else "",
        )
        for choice in choices
    ]


def _shown(address: str) -> str:
    return address if len(address) <= LONGEST_SHOWN else f"{address[:LONGEST_SHOWN]}…"
