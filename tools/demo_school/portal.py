"""Connecting the demo's portal with a school: two ways of signing in, a to-do system, a program and its webhook."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.common.clock import database_now
from backend.common.outbox import outbox_deliver
from backend.identity.models import IdentityProvider
from backend.identity.selectors import providers_of
from backend.identity.services.providers import (
    ProviderSettings,
    provider_change,
    provider_make,
    provider_switch,
    provider_tried,
)
from backend.identity.ways import answers
from backend.integrations.selectors import accounts_of
from backend.integrations.selectors.events import EventType
from backend.integrations.services.accounts import ServiceDraft, service_make, service_revoke
from backend.integrations.services.webhooks import webhook_make
from backend.organisation.actors import Actor
from backend.organisation.scopes import Scope
from backend.people.services.opening import source_open
from backend.todos.models import TodoSystem
from backend.todos.services.systems import (
    TRY,
    SystemDraft,
    system_change,
    system_make,
    system_switch,
    system_try,
    try_send,
)
from backend.todos.setups import EXAMPLES
from tools.demo_school.portal_folder import SCHOOL, Portal, secret_write

NAME, CAS_NAME = "校园门户", "校园门户（CAS）"
CONNECTION = "connection.json"
GOOD_FOR = timedelta(days=365)
HOST_OF_EXAMPLE = "https://portal.school.example"


class PortalAway(Exception):
    """The portal does not answer as it should; the text says which part."""


def portal_connect(*, actor: Actor, portal: Portal, folder: Path, now: datetime) -> bool:
    """Connect a portal that runs with the school of its administrator; return False where it is connected already."""
    account = _living(actor).filter(webhooks__address=_inbox(portal)).first()
    systems_on = TodoSystem.objects.filter(school=actor.school_scope, name=NAME, is_on=True)
    providers_on = providers_of(actor=actor).filter(code__in=[portal.oidc_code, portal.cas_code], is_on=True)
    is_known = account and systems_on.exists() and providers_on.count() == 2  # noqa: PLR2004 - both ways
    if is_known and (folder / CONNECTION).exists():
        return False
    told = json.loads((folder / SCHOOL).read_text(encoding="utf-8"))
    settings = ProviderSettings(
        code=portal.oidc_code,
        name=NAME,
        client_id="allclear",
        client_secret=told["oidc_secret"],
        metadata="",
        staff_number_claim="preferred_username",
        links_by_staff_number=True,
        counts_as_factor=False,
    )
    _provider(actor, IdentityProvider.Kind.OIDC, portal.people, settings, now)
    _provider(actor, IdentityProvider.Kind.CAS, f"{portal.people}/cas", _of_cas(settings, portal), now)
    _todo_system(actor, portal, told["todo_secret"], now)
    _program(actor, portal, folder, now)
    return True


def _of_cas(settings: ProviderSettings, portal: Portal) -> ProviderSettings:
    return ProviderSettings(
        code=portal.cas_code,
        name=CAS_NAME,
        client_id="",
        client_secret=None,
        metadata="",
        staff_number_claim="employeeNumber",
        links_by_staff_number=settings.links_by_staff_number,
        counts_as_factor=settings.counts_as_factor,
    )


def _provider(actor: Actor, kind: str, issuer: str, draft: ProviderSettings, now: datetime) -> None:
    known = providers_of(actor=actor).filter(issuer=issuer).first()
    if known is None:
        provider = provider_make(actor=actor, kind=kind, issuer=issuer, draft=draft, now=now)
    else:
        provider = provider_change(actor=actor, provider_id=known.id, draft=draft, now=now)
    # Nobody sits at a browser here. That it answers stands for the sign-in that an administrator tries.
    if not answers(provider):
        raise PortalAway(issuer)
    provider_tried(actor=actor, provider_id=provider.id, now=now)
    provider_switch(actor=actor, provider_id=provider.id, is_on=True, now=now)


def _todo_system(actor: Actor, portal: Portal, secret: str, now: datetime) -> None:
    """Make the to-do system by the template that is offered for portals, try it, and switch it on."""
    setup = json.loads(json.dumps(EXAMPLES[TodoSystem.Kind.PUSH]).replace(HOST_OF_EXAMPLE, portal.programs))
    draft = SystemDraft(NAME, TodoSystem.Kind.PUSH, TodoSystem.KnownBy.STAFF_NUMBER, setup, secret)
    known = TodoSystem.objects.filter(school=actor.school_scope, name=NAME).first()
    if known is None:
        system = system_make(actor=actor, draft=draft, now=now)
    else:
        system_switch(actor=actor, system_id=known.id, is_on=False)
        system = system_change(actor=actor, system_id=known.id, draft=draft)
    system_try(actor=actor, system_id=system.id, now=now)
    outbox_deliver(topic=TRY, send=lambda message: try_send(message=message, now=database_now()), now=database_now())
    system.refresh_from_db()
    if system.tried_at is None or system.try_error:
        raise PortalAway(f"{portal.programs}/api/todo: {system.try_error}")
    system_switch(actor=actor, system_id=system.id, is_on=True)


def _program(actor: Actor, portal: Portal, folder: Path, now: datetime) -> None:
    """Make the service account anew, open the staff to it, make its webhook, and keep both secrets in the folder."""
    for former in _living(actor):
        service_revoke(actor=actor, account_id=former.id, now=now)
    draft = ServiceDraft(name=NAME, scopes=tuple(Scope), ends_at=now + GOOD_FOR)
    made = service_make(actor=actor, draft=draft, key=str(uuid4()), now=now)
    source_open(actor=actor, account_id=made.account.id, now=now)
    hook = webhook_make(account=made.account, address=_inbox(portal), types=EventType.values, key=str(uuid4()), now=now)
    secret_write(folder / CONNECTION, json.dumps({"token": made.token, "webhook_secret": hook.secret}))


def _living(actor: Actor) -> Any:
    return accounts_of(actor=actor).filter(revoked_at=None, name=NAME)


def _inbox(portal: Portal) -> str:
    return f"{portal.programs}/api/events"
