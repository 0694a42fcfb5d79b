"""The country of a school, and the rulebook that is proposed there. Pure."""

from collections.abc import Mapping

from backend.organisation.models import School
from backend.setup.calendar_answers import CHINA

COUNTRY_OF = {
    "Asia/Shanghai": CHINA,
    "Asia/Hong_Kong": "HK",
    "Asia/Singapore": "SG",
    "Asia/Bangkok": "TH",
    "Asia/Tokyo": "JP",
    "Asia/Seoul": "KR",
    "Asia/Kolkata": "IN",
    "Asia/Dubai": "AE",
    "Australia/Sydney": "AU",
    "Europe/London": "GB",
    "Europe/Berlin": "DE",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Los_Angeles": "US",
}
"""The country that is proposed in each time zone; in others it is China."""
PRESET_OF: Mapping[str, str] = {
    CHINA: "cn-school",
    "GB": "international-uk",
    "US": "international-us",
    "DE": "international-eu",
    "FR": "international-eu",
    "IE": "international-eu",
}
"""The rulebook that fits a country; in others it is the one without reports to authorities."""
ANYWHERE = "international"


def country_of(school: School) -> str:
    """Return the country a school said it is in, else the one of its time zone."""
    return school.country or country_in(school.time_zone)


def country_in(time_zone: str) -> str:
    """Return the country that is proposed in a time zone."""
    return COUNTRY_OF.get(time_zone, CHINA)


def preset_for(school: School) -> str:
    """Return the rulebook that is proposed to a school."""
    return PRESET_OF.get(school.country or COUNTRY_OF.get(school.time_zone, ""), ANYWHERE)
