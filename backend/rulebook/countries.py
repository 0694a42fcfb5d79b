"""Packs of outside clocks: which reports to authorities hold in one country. Pure."""

from collections.abc import Mapping
from typing import Any


def content_for(*, content: Mapping[str, Any], country: str) -> dict[str, Any]:
    """Return a rulebook's content with the outside clocks of one country (empty: of none) and those that hold anywhere.

    A file without packs stays as it is; a pack that was chosen becomes part of the rulebook's name.
    """
    clocks = content.get("outside_clocks", {})
    packs = {row["country"] for row in clocks.values() if "country" in row}
    if not packs:
        return dict(content)
    if country and country not in packs:
        raise ValueError(f"The rulebook has no pack for {country}; it has {', '.join(sorted(packs))}.")
    kept = {key: row for key, row in clocks.items() if row.get("country", country) == country}
    return {
        **content,
        "name": f"{content['name']}-{country.lower()}" if country else content["name"],
        "outside_clocks": kept,
        "categories": [_category_for(row, kept) for row in content["categories"]],
    }


def _category_for(row: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    keys = [key for key in row.get("outside_clocks", ()) if key in kept]
    without = {name: value for name, value in row.items() if name != "outside_clocks"}
    return {**without, "outside_clocks": keys} if keys else without
