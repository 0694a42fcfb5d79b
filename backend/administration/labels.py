"""The words of the administration pages for models, fields and choices, in the reader's language."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

MODELS = {
    "accounts.User": (_("account"), _("accounts")),
    "duty.Absence": (_("absence"), _("absences")),
    "organisation.Appointment": (_("appointment"), _("appointments")),
    "organisation.Bureau": (_("education bureau"), _("education bureaus")),
    "calendars.Calendar": (_("calendar"), _("calendars")),
    "calendars.CalendarDay": (_("day of its own"), _("days of their own")),
    "calendars.CalendarPeriod": (_("holiday with duty hours"), _("holidays with duty hours")),
    "organisation.ContactChannel": (_("contact channel"), _("contact channels")),
    "calendars.DutyHours": (_("duty hours"), _("duty hours")),
    "duty.DutyShift": (_("duty shift"), _("duty shifts")),
    "duty.DutySlot": (_("person on duty"), _("people on duty")),
    "duty.DutySwap": (_("swap of duty"), _("swaps of duty")),
    "gate.GateRule": (_("rule of the gate"), _("rules of the gate")),
    "gate.OpenDay": (_("open day"), _("open days")),
    "organisation.PendingPower": (
        _("change that waits for a second person"),
        _("changes that wait for a second person"),
    ),
    "organisation.Person": (_("person"), _("people")),
    "organisation.Place": (_("place"), _("places")),
    "organisation.Post": (_("post"), _("posts")),
    "organisation.School": (_("school"), _("schools")),
    "organisation.TelephoneNumber": (_("telephone number"), _("telephone numbers")),
    "calendars.Term": (_("term"), _("terms")),
    "organisation.Unit": (_("unit"), _("units")),
    "calendars.WorkingHours": (_("working hours"), _("working hours")),
    "calendars.YearlyHoliday": (_("holiday of every year"), _("holidays of every year")),
    "identity.ExternalIdentity": (_("link with another sign-in"), _("links with another sign-in")),
    "identity.IdentityProvider": (_("sign-in elsewhere"), _("sign-ins elsewhere")),
    "integrations.ServiceAccount": (_("service account"), _("service accounts")),
    "integrations.Webhook": (_("webhook of a program"), _("webhooks of programs")),
    "todos.TodoSystem": (_("to-do system"), _("to-do systems")),
    "people.PeopleSource": (_("program that brings the staff"), _("programs that bring the staff")),
    "people.PeopleSync": (_("list of staff from the portal"), _("lists of staff from the portal")),
    "rulebook.RulebookVersion": (_("rulebook version"), _("rulebook versions")),
    "rulebook.SchoolRulebook": (_("rulebook in use"), _("rulebooks in use")),
    "rulebook.StandardReply": (_("standard reply"), _("standard replies")),
}

FIELDS = {
    "about": _("Occasion"),
    "called_at": _("Called"),
    "called_by": _("Called by"),
    "set_at": _("Set"),
    "set_by": _("Set by"),
    "stay_minutes": _("Minutes until somebody should have left"),
    "asked_at": _("Asked"),
    "asked_by": _("Asked by"),
    "decided_at": _("Decided"),
    "decided_by": _("Decided by"),
    "outcome": _("Outcome"),
    "activated_at": _("In use since"),
    "account": _("Service account"),
    "address": _("Address"),
    "bureau": _("Education bureau"),
    "calendar": _("Calendar"),
    "closes": _("Until (00:00 is midnight)"),
    "code": _("Code"),
    "date_joined": _("Opened"),
    "day": _("Day"),
    "digest": _("Fingerprint"),
    "emergency_ambulance": _("Ambulance"),
    "emergency_fire": _("Fire"),
    "emergency_police": _("Police"),
    "ends_at": _("Until"),
    "first": _("First day"),
    "given_by": _("Given by"),
    "intake_unit": _("Intake office"),
    "is_active": _("May sign in"),
    "is_deputy": _("Deputy"),
    "is_published": _("Public holiday table"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last": _("Last day"),
    "last_login": _("Last signed in"),
    "live_at": _("Live since"),
    "takes_anonymous": _("Reports without a name"),
    "second_factor_at": _("Second factor since"),
    "loaded_at": _("Loaded"),
    "name": _("Name"),
    "name_en": _("English name"),
    "name_zh": _("Chinese name"),
    "month": _("Month"),
    "day_of_month": _("Day of the month"),
    "note": _("Note"),
    "number": _("Number"),
    "opens": _("From"),
    "owner": _("Looked after by"),
    "parent": _("Part of"),
    "part": _("Part"),
    "period": _("Holiday"),
    "person": _("Person"),
    "place": _("Place"),
    "post": _("Post"),
    "protection_unit": _("Student protection office"),
    "published_until": _("Holidays known until"),
    "recorded_by": _("Recorded by"),
    "role": _("Role"),
    "school": _("School"),
    "shift": _("Duty shift"),
    "slot": _("Part in a shift"),
    "staff_number": _("Staff number"),
    "staff_number_claim": _("What the staff number is called there"),
    "tried_at": _("Tried"),
    "made_at": _("Made"),
    "made_by": _("Made by"),
    "client_id": _("Client ID"),
    "counts_as_factor": _("Counts as a second factor"),
    "how": _("Linked"),
    "issuer": _("Its address"),
    "linked_at": _("Linked since"),
    "links_by_staff_number": _("Links by the staff number"),
    "provider": _("Where you sign in"),
    "revoked_at": _("Revoked"),
    "scopes": _("What it may do"),
    "known_by": _("How it knows people"),
    "setup": _("How it is told"),
    "is_on": _("On"),
    "types": _("Kinds of events"),
    "secret_made_at": _("Secret since"),
    "former_until": _("Former secret good until"),
    "refused_at": _("Wanted nothing more since"),
    "starts_at": _("From"),
    "swapped_at": _("Swapped"),
    "taken_by": _("Taken by"),
    "time_zone": _("Time zone"),
    "country": _("Country"),
    "token": _("QR token"),
    "unit": _("Unit"),
    "user": _("Account"),
    "username": _("User name"),
    "verified_at": _("Verified"),
    "version": _("Version"),
    "weekday": _("Weekday"),
    "works_as_weekday": _("Worked like a"),
}

HELP = {
    "ends_at": _("Leave empty for: until further notice."),
    "intake_unit": _("Owns a ticket until it is routed."),
    "is_published": _("Comes from the public table of holidays and follows it."),
    "protection_unit": _("Owns the tickets of student protection."),
    "published_until": _("After this day holidays are not known yet, and deadlines are provisional."),
    "time_zone": _("For example Asia/Shanghai."),
    "works_as_weekday": _("Leave empty, and the hours too, for a day on which nobody works."),
}

CHOICES = {
    "office": _("Office"),
    "grade": _("Grade group"),
    "class": _("Class"),
    "week": _("Week on duty"),
    "noon": _("Noon duty"),
    "gate": _("Gate duty"),
    "night": _("Night duty"),
    "holiday": _("Holiday duty"),
    "leader": _("Leader"),
    "teacher": _("Teacher"),
    "email": _("E-mail"),
    "wecom": _("WeCom robot"),
    "dingtalk": _("DingTalk robot"),
    "feishu": _("Feishu robot"),
    "webhook": _("Webhook"),
}

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)

REFUSALS = {
    "absence_ends_after_start": _("The end must be after the beginning."),
    "appointment_ends_after_start": _("The end must be after the beginning."),
    "appointment_once_per_start": _("This person is appointed to this post from this instant already."),
    "yearly_holiday_once": _("This day is in the calendar already."),
    "yearly_holiday_in_a_year": _("There is no such day in a year."),
    "calendar_day_once": _("This day is in the calendar already."),
    "calendar_period_once": _("A holiday begins on this day already."),
    "bureau_code_once": _("Another bureau has this code. Please choose another one."),
    "channel_once_per_person": _("This person has this channel already."),
    "day_closes_after_opening": _("The end must be after the beginning."),
    "day_has_one_sort_of_hours": _("Give either both hours or a weekday, not both."),
    "dutyhours_close_after_opening": _("The end must be after the beginning."),
    "email_in_the_letters_of_domains": _("Please give an e-mail address like name@school.example."),
    "emergency_numbers_can_be_dialled": _("Digits only, for example 110 or +44 999."),
    "email_once_per_person": _("This person has this channel already."),
    "duty_slot_once_per_person": _("This person is in this shift already."),
    "period_ends_after_beginning": _("The last day must not be before the first."),
    "place_code_once_per_school": _("Another place of this school has this code. Please choose another one."),
    "post_in_a_unit_by_its_role": _(
        "Staff member, handler and head of office need a unit; the other roles are held for the whole school."
    ),
    "post_once_per_place_of_work": _("This post exists already. Please appoint people to that one."),
    "school_code_once": _("Another school has this code. Please choose another one."),
    "shift_ends_after_start": _("The end must be after the beginning."),
    "shift_once": _("This shift exists already."),
    "staff_number_once_per_employer": _("Another person has this staff number. Please check it."),
    "telephone_number_once_per_office": _("This office has a number of this name already. Please choose another name."),
    "term_ends_after_beginning": _("The last day must be after the first."),
    "term_once": _("A term begins on this day already."),
    "unit_code_once_per_school": _("Another unit of this school has this code. Please choose another one."),
    "workinghours_close_after_opening": _("The end must be after the beginning."),
}
"""The words for each constraint of the database, for the person whose row would break it."""

REFUSED = _("This does not fit what is there already. Please check it and save it again.")


def models_name() -> None:
    """Give the models the names the pages show; migrations take no notice of them."""
    for label, (one, many) in MODELS.items():
        options = apps.get_model(label)._meta  # noqa: SLF001 - public by Django's word
        options.verbose_name, options.verbose_name_plural = one, many


def choice_label(field: "models.Field[object, object]", value: object) -> str:
    """Return the words for a value of a field with choices, for several of them, or of a weekday."""
    if "weekday" in field.name and isinstance(value, int):
        return str(WEEKDAYS[value])
    if isinstance(value, list) and isinstance(field, ArrayField):
        return " · ".join(choice_label(field.base_field, one) for one in value)
    if value in CHOICES:
        return str(CHOICES[str(value)])
    return str(dict(field.flatchoices).get(value, value))
