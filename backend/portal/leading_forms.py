"""The form by which the leading group of a school is set up: each post that can have a seat, and how often it meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.days import plausible
from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.portal.forms import TOO_LONG, CleanLine
from backend.portal.map_forms import DAY
from backend.responsibility.models import LONGEST_DUTIES, GroupStanding, LeadingGroup, Meets
from backend.responsibility.services.leading import GroupDraft, SeatDraft

Post = tuple[Role, Unit | None]


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One post of the form: its name, whether it has a seat and as what, and its duties."""

    name: str
    standing: BoundField
    duties: BoundField


class LeadingGroupForm(forms.Form):
    """Every post with the seat it has, and from when until when the group leads."""

    meets = forms.ChoiceField(choices=Meets.choices)
    from_day = forms.DateField(validators=[plausible], error_messages=DAY)
    until_day = forms.DateField(validators=[plausible], required=False, error_messages=DAY)
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, posts: Sequence[Post], initial: Mapping[str, Any]
    ) -> None:
        """Offer the posts of a school."""
        super().__init__(data, initial=dict(initial))
        self.posts = posts
        choices = [("", gettext_lazy("No seat")), *GroupStanding.choices]
        for post in posts:
            self.fields[f"standing-{_key(post)}"] = forms.ChoiceField(required=False, choices=choices)
            self.fields[f"duties-{_key(post)}"] = CleanLine(
                required=False, max_length=LONGEST_DUTIES, error_messages=TOO_LONG
            )

    def seats(self) -> list[SeatRow]:
        """Return the posts as the page shows them."""
        return [
            SeatRow(post_said(post), self[f"standing-{_key(post)}"], self[f"duties-{_key(post)}"])
            for post in self.posts
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for one seat at least."""
        given = self.cleaned_data
        if not any(given.get(f"standing-{_key(post)}") for post in self.posts):
            self.add_error(None, _("Please give at least one post a seat."))
        return given

    def draft(self) -> GroupDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        seats = [
            SeatDraft(
                given[f"standing-{_key(post)}"], post[0], post[1].id if post[1] else None, given[f"duties-{_key(post)}"]
            )
            for post in self.posts
            if given[f"standing-{_key(post)}"]
        ]
        seats.sort(key=lambda seat: [*GroupStanding].index(GroupStanding(seat.standing)))
        return GroupDraft(given["meets"], seats, given["from_day"], given["until_day"])


def initial_of(group: LeadingGroup | None, today: date) -> dict[str, str]:
    """Return what the form begins with: the group of today, to be changed from today on."""
    initial = {"from_day": today.isoformat(), "meets": group.meets if group else Meets.MONTHLY.value}
    for seat in group.seats.all() if group else ():
        key = _key((Role(seat.role), seat.unit))
        initial |= {f"standing-{key}": seat.standing, f"duties-{key}": seat.duties}
    return initial


def post_said(post: Post) -> str:
    """Return a post in words, with its office where it has one."""
    role, unit = post
    return _("%(role)s (%(unit)s)") % {"role": role.label, "unit": unit.name} if unit else str(role.label)


def _key(post: Post) -> str:
    role, unit = post
    return f"{role.value}-{unit.id}" if unit else role.value
