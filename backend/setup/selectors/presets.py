"""The rulebooks that come with the product, each with its packs for one country."""

from functools import cache
from typing import Any

from django.conf import settings

from backend.organisation.models import Person, School
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


def bureau_has_people(*, school: School) -> bool:
    """Say whether anybody at the bureau above a school is entered."""
    return Person.objects.filter(bureau=school.bureau_id).exists()
