"""Notices as a list shows them: what is about one ticket stands together, the newest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.portal.cards import NoticeCard


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """The notices of a page about one ticket, or one that is about none."""

    newest: NoticeCard
    earlier: Sequence[NoticeCard]
    unread: Sequence[UUID]


def notice_groups(*, cards: Sequence[NoticeCard]) -> list[NoticeGroup]:
    """Return notices grouped by ticket; the group with the newest of them stands first."""
    groups: dict[UUID, list[NoticeCard]] = {}
    for card in cards:
        groups.setdefault(card.notice.ticket_id or card.notice.id, []).append(card)
    return [_group(rows) for rows in groups.values()]


def _group(cards: Sequence[NoticeCard]) -> NoticeGroup:
    newest, *earlier = cards
    return NoticeGroup(newest, earlier, [card.notice.id for card in cards if card.notice.read_at is None])
