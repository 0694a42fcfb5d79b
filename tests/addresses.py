"""Every address of the product, as its URL patterns spell it, and those that are closed to everybody."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from backend.administration.admin import site


def addresses() -> dict[str, Callable[..., Any]]:
    """Return every address with its view."""
    return dict(_below(get_resolver().url_patterns, ""))


def _below(patterns: list[Any], before: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def closed_addresses() -> set[str]:
    """Return the addresses that the framework of the administration pages makes for what nobody may do there."""
    return {
        f"admin/{model._meta.app_label}/{model._meta.model_name}/{address}"
        for model, page in site._registry.items()
        for address, is_open in (("add/", page.may_add), ("<path:object_id>/delete/", page.may_delete))
        if not is_open
    }
