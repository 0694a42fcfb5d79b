"""Choices of people: the messages they want to hear, and by which of their channels."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid
from backend.notifications.models import NotificationChoice
from backend.notifications.ringing import Group
from backend.notifications.selectors import channels_verified
from backend.organisation.actors import Actor
from backend.organisation.models import Person


class UnknownChannel(Invalid):
    """A choice names a channel that is not one of the person's verified ones."""

    code = "unknown_channel"
    title = _("Please choose among your verified channels.")


@transaction.atomic
def choices_set(*, actor: Actor, chosen: Mapping[Group, Collection[int]]) -> None:
    """Let the groups named ring on these verified channels and on no other; raise UnknownChannel.

    Groups not named stay as they are; a channel verified later is on for all of them.
    """
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    own = {channel.id for channel in channels_verified(person_ids=[actor.person_id])[actor.person_id]}
    for channels in chosen.values():
        if not own.issuperset(channels):
            raise UnknownChannel(pointer="/choices")
    NotificationChoice.objects.filter(channel__in=own, group__in=list(chosen)).delete()
    NotificationChoice.objects.bulk_create(
        NotificationChoice(channel_id=channel_id, group=group)
        for group, channels in chosen.items()
        for channel_id in own.difference(channels)
    )
