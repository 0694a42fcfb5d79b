"""Standard replies of a school: sentences in both languages that are offered where somebody writes a note."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, NotFound
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rulebook.models import StandardReply
from backend.rulebook.selectors import active_version_id, category_is_known, ruleset_get

MOST_REPLIES = 200


class ReplyThere(Conflict):
    """A school has a sentence once for each category."""

    code = "reply_there"
    title = _("This sentence is there already.")


class TooManyReplies(Conflict):
    """A school keeps at most two hundred standard replies."""

    code = "too_many_replies"
    title = _("Two hundred standard replies are enough. Remove one first.")


class NoSuchCategory(Invalid):
    """The category is not one of the school's rules."""

    code = "no_such_category"
    title = _("There is no such category at your school. Choose one from the list.")


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A standard reply as somebody writes it; without a category it is offered with every one."""

    category: str
    text_zh: str
    text_en: str


def replies_of(*, actor: Actor, category: str | None = None) -> QuerySet[StandardReply]:
    """Return the replies of the actor's school, those of a category and of every category where one is named.

    Raises NoSuchCategory for one that no rules of the school have or had.
    """
    rows = StandardReply.objects.filter(school=actor.school_scope)
    if category is not None:
        if not category_is_known(actor=actor, category=category):
            raise NoSuchCategory(pointer="/category")
        rows = rows.filter(Q(category=category) | Q(category=""))
    return rows.order_by("category", "text_zh", "id")


def reply_get(*, actor: Actor, reply_id: UUID) -> StandardReply:
    """Return a reply of the actor's school; raise NotFound."""
    reply = StandardReply.objects.filter(school=actor.school_scope, id=reply_id).first()
    if reply is None:
        raise NotFound
    return reply


@transaction.atomic
def reply_put(*, actor: Actor, reply_id: UUID | None, draft: ReplyDraft) -> StandardReply:
    """Add a reply to the actor's school (None), or change one of it."""
    reply = StandardReply(school_id=actor.school_scope) if reply_id is None else _own(actor, reply_id)
    actor.require(Permission.CONFIGURATION_WRITE)
    _check(actor, draft, reply_id)
    reply.category, reply.text_zh, reply.text_en = draft.category, draft.text_zh, draft.text_en
    reply.save()
    return reply


@transaction.atomic
def reply_remove(*, actor: Actor, reply_id: UUID) -> None:
    """Remove a reply; what was written with it stays."""
    reply = _own(actor, reply_id)
    actor.require(Permission.CONFIGURATION_WRITE)
    reply.delete()


def _own(actor: Actor, reply_id: UUID) -> StandardReply:
    reply = StandardReply.objects.select_for_update().filter(school=actor.school_scope, id=reply_id).first()
    if reply is None:
        raise NotFound
    return reply


def _check(actor: Actor, draft: ReplyDraft, reply_id: UUID | None) -> None:
    version_id = active_version_id(school_id=actor.school_scope)
    known = ruleset_get(version_id).categories if version_id is not None else {}
    if draft.category and draft.category not in known:
        raise NoSuchCategory(pointer="/category")
    others = StandardReply.objects.filter(school=actor.school_scope)
    if reply_id is not None:
        others = others.exclude(id=reply_id)
    if others.filter(category=draft.category, text_zh=draft.text_zh).exists():
        raise ReplyThere(pointer="/text_zh")
    if reply_id is None and others.count() >= MOST_REPLIES:
        raise TooManyReplies
