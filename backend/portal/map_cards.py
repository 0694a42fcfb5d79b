"""The map of responsibility as its page shows it: each place with who answers for it, and gaps with where to mend."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from backend.organisation.actors import Actor
from backend.organisation.models import Place
from backend.organisation.permissions import Permission
from backend.portal.placetree import STEP
from backend.responsibility.gaps import TO_DO, GapKind, MapGap
from backend.responsibility.models import Share

MENDED_ON = {
    GapKind.SLOT_LEFT: "portal:office_slots",
    GapKind.GROUP_MISSING: "portal:leading_group",
    GapKind.GROUP_UNANSWERED: "portal:leading_group",
    GapKind.TRAINING_OVERDUE: "portal:trainings",
}
"""The page that mends a gap of some sort, whatever it is about."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place with the shares that are its own, and how many places inside it have none and go with it."""

    place: Place
    label: str
    shares: Sequence[Share]
    inside: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap in words, and the page that mends it where the reader may open that."""

    gap: MapGap
    address: str


@dataclass(frozen=True, slots=True)
class GapSection:
    """The gaps of one sort, and what is to be done about each."""

    kind: GapKind
    to_do: str
    lines: Sequence[GapLine]


def place_lines(*, places: Sequence[Place], shares: Sequence[Share]) -> list[PlaceLine]:
    """Return the outermost places and those with shares of their own, each after the one that it lies in."""
    of_place: dict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        of_place[share.place_id].append(share)
    children: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in places:
        children[place.parent_id].append(place)
    found: list[tuple[Place, str]] = []
    under: Counter[UUID] = Counter()
    waiting = [(place, place.name, place.id) for place in reversed(children[None])]
    while waiting:
        place, label, row_id = waiting.pop()
        if place.parent_id is None or place.id in of_place:
            found.append((place, label))
            row_id = place.id
        else:
            under[row_id] += 1
        waiting += [(child, f"{label}{STEP}{child.name}", row_id) for child in reversed(children[place.id])]
    return [PlaceLine(place, label, of_place.get(place.id, ()), under[place.id]) for place, label in found]


def gap_sections(*, actor: Actor, gaps: Sequence[MapGap]) -> list[GapSection]:
    """Return the gaps by sort, each with where it is mended."""
    by_kind: dict[GapKind, list[GapLine]] = defaultdict(list)
    for gap in gaps:
        by_kind[gap.kind].append(GapLine(gap, _address(actor, gap)))
    return [GapSection(kind, str(TO_DO[kind]), lines) for kind, lines in by_kind.items()]


def _address(actor: Actor, gap: MapGap) -> str:
    if gap.kind in MENDED_ON:
        return reverse(MENDED_ON[gap.kind])
    match gap.kind:
        case GapKind.PLACE_WITHOUT_SHARE:
            return f"{reverse('portal:responsibility')}?place={gap.subject}#name"
        case GapKind.SHARE_LEFT:
            return reverse("portal:share", kwargs={"share_id": gap.subject})
        case GapKind.RESPONSE_UNANSWERED:
            return reverse("portal:plan", kwargs={"code": gap.subject})
    return _of_administrator(gap) if actor.may(Permission.CONFIGURATION_WRITE) else ""


def _of_administrator(gap: MapGap) -> str:
    match gap.kind:
        case GapKind.CATEGORY_WITHOUT_OFFICE:
            return reverse("portal:setup_rules")
        case GapKind.ROUNDS_UNANSWERED:
            return reverse("portal:rule_rounds")
        case GapKind.POST_CLOSED:
            return reverse("admin:organisation_person_change", args=[gap.subject])
    return reverse("admin:organisation_post_changelist")
