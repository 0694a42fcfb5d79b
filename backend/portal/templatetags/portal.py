"""What the templates of the pages need: icons and times."""

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backend.common.localised import localised as in_readers_language
from backend.portal import due

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it only repeats what words beside it say."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.filter
def localised(thing: object, field: str) -> str:
    """Write a text that is stored in both languages in the reader's."""
    return in_readers_language(thing, field)


@register.filter
def moment(at: datetime) -> SafeString:
    """Write an instant as a day and a time of day in the reader's time zone, also for machines."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), due.moment(at))
