"""A browser for the pages of people without a name."""

from tests.browser import browser, open_page, signed_in

__all__ = ["browser", "open_page", "signed_in"]
