"""The rulebooks that come with the product, each with its packs for one country."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings

from backend.organisation.models import Person, School
from backend.organisation.roles import Role
from backend.organisation.selectors import appointments_in_force
from backend.rulebook.countries import content_for
from backend.rulebook.files import rulebook_read

FILES = ("cn-school", "international")


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Return every rulebook that comes with the product by its name, read once for each process."""
    found = {}
    for name in FILES:
        content = rulebook_read(settings.BASE_DIR / "rulebooks" / f"{name}.yaml")
        packs = {row["country"] for row in content.get("outside_clocks", {}).values() if "country" in row}
        for country in ("", *sorted(packs)):
            fitted = content_for(content=content, country=country)
            found[fitted["name"]] = fitted
    return found


def preset_of(own: Mapping[str, Any]) -> str:
    """Return the name of the rulebook from which a school's own content was fitted; empty where it is none of ours."""
    return max((name for name in presets() if own["name"].startswith(name[:36])), key=len, default="")


def role_above(*, school: School, now: datetime) -> Role:
    """Return the highest role above a school's principal in which somebody is entered, else the principal's."""
    if Person.objects.filter(bureau=school.bureau_id).exists():
        return Role.BUREAU_OFFICER
    chairs = appointments_in_force(at=now).filter(post__school=school, post__role=Role.BOARD_CHAIR)
    return Role.BOARD_CHAIR if chairs.exists() else Role.PRINCIPAL
