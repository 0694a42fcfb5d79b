"""The numbers of police, fire brigade and ambulance by country, proposed to a school that is set up there. Pure."""

from collections.abc import Mapping

NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "CN": ("110", "119", "120"),
    "HK": ("999", "999", "999"),
    "SG": ("999", "995", "995"),
    "MY": ("999", "999", "999"),
    "TH": ("191", "199", "1669"),
    "VN": ("113", "114", "115"),
    "JP": ("110", "119", "119"),
    "KR": ("112", "119", "119"),
    "IN": ("112", "112", "112"),
    "AE": ("999", "997", "998"),
    "GB": ("999", "999", "999"),
    "IE": ("112", "112", "112"),
    "DE": ("110", "112", "112"),
    "FR": ("17", "18", "15"),
    "US": ("911", "911", "911"),
    "CA": ("911", "911", "911"),
    "AU": ("000", "000", "000"),
}
