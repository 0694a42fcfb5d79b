"""The shape of a configuration file, version 1. Pure."""

from datetime import datetime

from backend.calendars.validation import CALENDAR_SCHEMA, WEEKDAY
from backend.common.file_shapes import NAME, ONE_LINE, closed, listed, text
from backend.duty.models import DutyShift, DutySlot
from backend.duty.services.contact import LEAST_MINUTES, MOST_BEFORE, MOST_MINUTES
from backend.duty.shift_rules import MOST_SLOTS
from backend.gate.models import LONGEST_STAY, SHORTEST_STAY
from backend.organisation.models import School, Unit
from backend.organisation.models.schools import EMERGENCY_NUMBER
from backend.organisation.models.telephones import NUMBER as DIALLED
from backend.organisation.roles import Role
from backend.outside.models import LONGEST_PHONE
from backend.responsibility.models import Slot
from backend.rulebook.models import LONGEST_REPLY
from backend.rulebook.outside_checks import MOST_RECIPIENTS, RECIPIENT
from backend.rulebook.replies import MOST_REPLIES
from backend.rulebook.wording import Group

FIRST_YEAR, YEAR_AFTER = 1900, 2200
FORMAT, VERSION = "allclear-configuration", 1
CODE = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 40}
DAY = {"type": "string", "format": "date"}
INSTANT = text(40)
LANGUAGE = {"enum": ["zh-hans", "en"]}
EMAIL = {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$", "maxLength": 254}
POST = closed(
    {
        "role": {"enum": [role.value for role in Role if role is not Role.BUREAU_OFFICER]},
        "unit": CODE,
        "deputy": {"type": "boolean"},
        "since": INSTANT,
        "until": INSTANT,
    },
    optional=("unit", "deputy", "until"),
)
PERSON = closed(
    {
        "staff_number": text(40),
        "name": text(80),
        "language": LANGUAGE,
        "addresses": listed(EMAIL, at_most=10),
        "posts": listed(POST, at_most=50),
    },
    optional=("addresses", "posts"),
)
SLOT = closed({"staff_number": text(40), "part": {"enum": DutySlot.Part.values}})
SHIFT = closed(
    {
        "kind": {"enum": DutyShift.Kind.values},
        "place": CODE,
        "starts_at": INSTANT,
        "ends_at": INSTANT,
        "people": listed(SLOT, at_most=MOST_SLOTS),
    },
    optional=("place",),
)
BUREAU_POST = closed(
    {"role": {"const": Role.BUREAU_OFFICER.value}, "deputy": {"type": "boolean"}, "since": INSTANT, "until": INSTANT},
    optional=("deputy", "until"),
)
OFFICER = closed(
    {
        "staff_number": text(40),
        "name": text(80),
        "language": LANGUAGE,
        "addresses": listed(EMAIL, at_most=10),
        "posts": listed(BUREAU_POST, at_most=10),
    },
    optional=("addresses", "posts"),
)
NUMBER = {"type": "string", "pattern": EMERGENCY_NUMBER, "maxLength": 20}
NOTE = {"type": "string", "maxLength": 120, "pattern": ONE_LINE}
PUBLIC_DAY = closed({"day": DAY, "works_as": WEEKDAY, "note": NOTE}, optional=("works_as",))
UNIT = closed({"code": CODE, "kind": {"enum": Unit.Kind.values}, "name": NAME, "parent": CODE}, optional=("parent",))
PLACE = closed({"code": CODE, "name": NAME, "owner": CODE, "parent": CODE}, optional=("parent",))
TELEPHONE = closed(
    {"name": NAME, "number": {"type": "string", "pattern": DIALLED, "maxLength": 40}, "unit": CODE}, optional=("unit",)
)
REPLY = closed(
    {"category": text(3), "text": closed({"zh": text(LONGEST_REPLY), "en": text(LONGEST_REPLY)})},
    optional=("category",),
)
DATED = {"staff_number": text(40), "from": DAY, "until": DAY}
SHARE = closed({"place": CODE, "topic": {"enum": Group.values}, **DATED}, optional=("topic", "until"))
OFFICE_SLOT = closed({"unit": CODE, "slot": {"enum": Slot.values}, **DATED}, optional=("until",))
CONTACT_RULE = closed(
    {
        "kind": {"enum": DutyShift.Kind.values},
        "before": {"type": "integer", "minimum": 0, "maximum": MOST_BEFORE},
        "within": {"type": "integer", "minimum": LEAST_MINUTES, "maximum": MOST_MINUTES},
    }
)
OUTSIDE_NUMBER = closed({"recipient": RECIPIENT, "phone": text(LONGEST_PHONE)})
GATE = closed({"stay_minutes": {"type": "integer", "minimum": SHORTEST_STAY, "maximum": LONGEST_STAY}})
SCHEMA = closed(
    {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "bureau": closed(
            {
                "code": CODE,
                "name": NAME,
                "people": listed(OFFICER, at_most=5000),
                "shifts": listed(SHIFT, at_most=5000),
            },
            optional=("people", "shifts"),
        ),
        "school": closed(
            {
                "code": CODE,
                "kind": {"enum": School.Kind.values},
                "name": NAME,
                "time_zone": text(60),
                "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
                "intake_unit": CODE,
                "protection_unit": CODE,
                "emergency": closed({"police": NUMBER, "fire": NUMBER, "ambulance": NUMBER}),
                "takes_anonymous": {"type": "boolean"},
            },
            optional=("kind", "country", "intake_unit", "protection_unit", "emergency", "takes_anonymous"),
        ),
        "units": listed(UNIT, at_most=2000),
        "places": listed(PLACE, at_most=10_000),
        "people": listed(PERSON, at_most=5000),
        "calendar": CALENDAR_SCHEMA,
        "public_days": listed(PUBLIC_DAY, at_most=1000),
        "rulebook": {"type": "object"},
        "shifts": listed(SHIFT, at_most=10_000),
        "telephones": listed(TELEPHONE, at_most=500),
        "replies": listed(REPLY, at_most=MOST_REPLIES),
        "shares": listed(SHARE, at_most=10_000),
        "office_slots": listed(OFFICE_SLOT, at_most=2000),
        "contact_rules": listed(CONTACT_RULE, at_most=len(DutyShift.Kind)),
        "outside_numbers": listed(OUTSIDE_NUMBER, at_most=MOST_RECIPIENTS),
        "gate": GATE,
    },
    optional=(
        *("calendar", "public_days", "rulebook", "shifts", "telephones", "replies"),
        *("shares", "office_slots", "contact_rules", "outside_numbers", "gate"),
    ),
)


def instant_of(written: str) -> datetime | None:
    """Return an instant that a file writes with its distance from UTC; None for anything else.

    At the ends of time there are instants that no other zone has, and none a month later.
    """
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None and FIRST_YEAR <= found.year < YEAR_AFTER else None
