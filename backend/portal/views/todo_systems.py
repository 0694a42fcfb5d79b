"""The pages of to-do systems: made, tried, switched and removed by whoever administers a school."""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.http_errors import MalformedJson
from backend.common.parsers import StrictJSONParser
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.forms import TOO_LONG, CleanLine, CleanText
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.todos.models import LONGEST_KNOWN_AS, LONGEST_NAME, TodoSystem
from backend.todos.selectors import names_of, system_get, systems_of
from backend.todos.serializers import IN_A_HEADER, LONGEST_SECRET
from backend.todos.services.systems import (
    MOST_NAMES,
    SystemDraft,
    names_set,
    system_change,
    system_make,
    system_remove,
    system_switch,
    system_try,
)
from backend.todos.setups import EXAMPLES

LONGEST_SETUP = 10_000
KINDS = {
    TodoSystem.Kind.PUSH: gettext_lazy("A portal with an interface of its own"),
    TodoSystem.Kind.PULL: gettext_lazy("A portal that asks for itself, by a service account"),
    TodoSystem.Kind.DINGTALK: gettext_lazy("DingTalk: its to-dos"),
    TodoSystem.Kind.FEISHU: gettext_lazy("Feishu: its tasks"),
}
KNOWN_BY = {
    TodoSystem.KnownBy.STAFF_NUMBER: gettext_lazy("By their staff numbers"),
    TodoSystem.KnownBy.MAPPING: gettext_lazy("By names that are entered here"),
}


class SystemForm(forms.Form):
    """A to-do system: how it is called, how it is talked to and how it knows people."""

    name = CleanLine(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Name of the system"),
        error_messages={"required": gettext_lazy("Please give it a name."), **TOO_LONG},
    )
    kind = forms.ChoiceField(choices=tuple(KINDS.items()), label=gettext_lazy("What it is"))
    known_by = forms.ChoiceField(choices=tuple(KNOWN_BY.items()), label=gettext_lazy("How it knows people"))
    setup = CleanText(
        max_length=LONGEST_SETUP, label=gettext_lazy("How it is told"), required=False, error_messages=TOO_LONG
    )
    secret = forms.RegexField(IN_A_HEADER, max_length=LONGEST_SECRET, required=False, label=gettext_lazy("Secret"))

    def clean_setup(self) -> dict[str, Any]:
        """Return what was typed as a document."""
        try:
            return StrictJSONParser().object_in((self.cleaned_data["setup"] or "{}").encode())
        except MalformedJson as error:
            raise ValidationError(_("This is no JSON document. Please compare it with the example.")) from error

    def draft(self) -> SystemDraft:
        """Return what was typed; without a secret the one there is stays."""
        given = self.cleaned_data
        return SystemDraft(given["name"], given["kind"], given["known_by"], given["setup"], given["secret"] or None)


class NamesForm(forms.Form):
    """The names by which the system knows people: on each line a staff number and the name there."""

    names = CleanText(required=False, max_length=MOST_NAMES * 130, label=gettext_lazy("Names"), error_messages=TOO_LONG)

    def clean_names(self) -> list[tuple[str, str]]:
        """Return the pairs."""
        pairs = []
        for number, line in enumerate(self.cleaned_data["names"].splitlines(), start=1):
            parts = line.split()
            if len(parts) != 2 or len(parts[1]) > LONGEST_KNOWN_AS:  # noqa: PLR2004 - a number and a name
                raise ValidationError(
                    _("Line %(number)d: write a staff number, a blank, and the name there.") % {"number": number}
                )
            pairs.append((parts[0], parts[1]))
        return pairs[:MOST_NAMES]


@permitted(Permission.TODO_SYSTEMS_MANAGE)
@proved
def todo_systems(request: StaffRequest) -> HttpResponse:
    """Show the to-do systems of the school, and make one."""
    form = SystemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = system_make(actor=request.actor, draft=form.draft(), now=database_now())
            return redirect("portal:todo_system", system_id=made.id)
        except DomainError as error:
            add_refusal(form, error)
    rows = list(systems_of(actor=request.actor).order_by("made_at", "id"))
    context = {"rows": rows, **_choices(form)}
    return staff_page(request, "todo_systems", context, section="manage", status=_status(form))


@permitted(Permission.TODO_SYSTEMS_MANAGE)
@proved
def todo_system(request: StaffRequest, system_id: UUID) -> HttpResponse:
    """Show one, with how the last try went, and change it."""
    system = system_get(actor=request.actor, system_id=system_id)
    names = NamesForm(initial={"names": _names_text(system)})
    if request.method != "POST":
        return _one(request, system, _filled(system), names)
    form = SystemForm(request.POST)
    if form.is_valid():
        try:
            system_change(actor=request.actor, system_id=system_id, draft=form.draft())
            messages.success(request, _("Saved. Please try it again before you switch it on."))
            return redirect("portal:todo_system", system_id=system_id)
        except DomainError as error:
            add_refusal(form, error)
    return _one(request, system, form, names)


@permitted(Permission.TODO_SYSTEMS_MANAGE)
@proved
def todo_names(request: StaffRequest, system_id: UUID) -> HttpResponse:
    """Set how it knows people."""
    system = system_get(actor=request.actor, system_id=system_id)
    form = NamesForm(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            names_set(actor=request.actor, system_id=system_id, names=form.cleaned_data["names"])
            messages.success(request, _("Saved."))
            return redirect("portal:todo_system", system_id=system_id)
        except DomainError as error:
            form.add_error("names", str(error))
    return _one(request, system, _filled(system), form)


@permitted(Permission.TODO_SYSTEMS_MANAGE)
@proved
def todo_act(request: StaffRequest, system_id: UUID, act: str) -> HttpResponse:
    """Try it, switch it on or off, or remove it."""
    if request.method == "POST":
        try:
            return _act(request, system_id, act)
        except DomainError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            messages.error(request, str(error))
    return redirect("portal:todo_system", system_id=system_id)


def _act(request: StaffRequest, system_id: UUID, act: str) -> HttpResponse:
    if act == "remove":
        system_remove(actor=request.actor, system_id=system_id)
        messages.success(request, _("It was removed."))
        return redirect("portal:todo_systems")
    if act == "try":
        system_try(actor=request.actor, system_id=system_id, now=database_now())
        messages.success(
            request, _("A to-do for you is being sent and removed again. Load this page again to see how it went.")
        )
    else:
        system_switch(actor=request.actor, system_id=system_id, is_on=act == "on")
        messages.success(request, _("It is on.") if act == "on" else _("It is off. What stands there stays there."))
    return redirect("portal:todo_system", system_id=system_id)


def _one(request: StaffRequest, system: TodoSystem, form: SystemForm, names: NamesForm) -> HttpResponse:
    context = {"system": system, "kind": KINDS[TodoSystem.Kind(system.kind)], "names": names, **_choices(form)}
    status = _status(form) if form.errors else _status(names)
    return staff_page(request, "todo_system", context, section="manage", status=status)


def _filled(system: TodoSystem) -> SystemForm:
    typed = {"name": system.name, "kind": system.kind, "known_by": system.known_by, "setup": _text(system.setup)}
    return SystemForm(initial=typed)


def _choices(form: SystemForm) -> dict[str, Any]:
    examples = [{"label": KINDS[TodoSystem.Kind(kind)], "text": _text(shape)} for kind, shape in EXAMPLES.items()]
    return {"form": form, "kinds": KINDS.items(), "known": KNOWN_BY.items(), "examples": examples}


def _names_text(system: TodoSystem) -> str:
    rows = names_of(system=system).order_by("person__staff_number")
    return "\n".join(f"{row.person.staff_number} {row.known_as}" for row in rows)


def _text(setup: Any) -> str:
    return json.dumps(setup, ensure_ascii=False, indent=1)


def _status(form: forms.Form) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
