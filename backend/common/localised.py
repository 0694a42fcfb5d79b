"""Names that are stored in both languages."""

from django.utils.translation import get_language


def localised(thing: object, field: str) -> str:
    """Return `<field>_en` or `<field>_zh` of the thing, by the language of the reader."""
    suffix = "en" if (get_language() or "").startswith("en") else "zh"
    text: str = getattr(thing, f"{field}_{suffix}")
    return text
