"""The words of SCIM about itself and about a member of staff: configuration, kinds, schemas, users. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from backend.people.models import SourcedPerson

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_CORE = "urn:ietf:params:scim:schemas:core:2.0"
BASE = "/api/scim/v2"
MOST_LISTED = 200
NO_ID = "scim:"
"""Before the id of somebody whom a portal gave none."""


def _attribute(name: str, about: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    shape = {"name": name, "type": kind, "multiValued": False, "description": about, "required": False}
    usual = {"caseExact": False, "mutability": "readWrite", "returned": "default", "uniqueness": "none"}
    return {**shape, **usual, **more}


ATTRIBUTES = (
    _attribute("userName", "The staff number.", required=True, uniqueness="server"),
    _attribute("displayName", "The whole name, as the person writes it.", required=True),
    _attribute("active", "Whether somebody works here; false is leaving.", "boolean", required=True),
    _attribute(
        "emails",
        "An address is taken in once its owner has confirmed it, and never told.",
        "complex",
        multiValued=True,
        mutability="writeOnly",
        returned="never",
        subAttributes=[_attribute("value", "The address.", mutability="writeOnly", returned="never")],
    ),
)
SETTABLE = frozenset(str(one["name"]).lower() for one in ATTRIBUTES) | {"externalid"}


def located(kind: str, name: str = "") -> str:
    """Return where something is."""
    return f"{settings.PUBLIC_URL}{BASE}/{kind}" + (f"/{name}" if name else "")


def configuration() -> dict[str, Any]:
    """Return what this side can do."""
    can, cannot = {"supported": True}, {"supported": False}
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": can,
        "bulk": {**cannot, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {**can, "maxResults": MOST_LISTED},
        "changePassword": cannot,
        "sort": cannot,
        "etag": can,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Service account", "description": "The token of a service account."}
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": located("ServiceProviderConfig")},
    }


def kinds() -> list[dict[str, Any]]:
    """Return the kinds of things there are."""
    meta = {"resourceType": "ResourceType", "location": located("ResourceTypes", "User")}
    said = {"id": "User", "name": "User", "description": "A member of staff.", "endpoint": "/Users", "schema": USER}
    return [{"schemas": [f"{_CORE}:ResourceType"], **said, "meta": meta}]


def schemas() -> list[dict[str, Any]]:
    """Return their schemas."""
    meta = {"resourceType": "Schema", "location": located("Schemas", USER)}
    said = {"id": USER, "name": "User", "description": "A member of staff.", "attributes": list(ATTRIBUTES)}
    return [{"schemas": [f"{_CORE}:Schema"], **said, "meta": meta}]


def user_shown(link: SourcedPerson) -> dict[str, Any]:
    """Return somebody as SCIM shows them, with the version of what is shown."""
    person = link.person
    shown = {
        "schemas": [USER],
        "id": str(person.id),
        "userName": person.staff_number,
        "displayName": person.name,
        "active": link.left_at is None,
    }
    if not link.sourced_id.startswith(NO_ID):
        shown["externalId"] = link.sourced_id
    version = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
    meta = {"resourceType": "User", "location": located("Users", str(person.id)), "version": f'W/"{version}"'}
    return {**shown, "meta": meta}


def listed(rows: list[dict[str, Any]], *, total: int, first: int) -> dict[str, Any]:
    """Return a list, or a page of one."""
    counted = {"totalResults": total, "startIndex": first, "itemsPerPage": len(rows)}
    return {"schemas": [LIST], **counted, "Resources": rows}


def only_asked(shown: dict[str, Any], *, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return as much of something as was asked for; its id and schemas always."""
    wanted, unwanted = (_names(asked.get(name, "")) for name in ("attributes", "excludedAttributes"))
    if wanted:
        return {name: value for name, value in shown.items() if name.lower() in wanted | {"id", "schemas"}}
    return {name: value for name, value in shown.items() if name.lower() not in unwanted - {"id", "schemas"}}


def _names(text: str) -> set[str]:
    """Return names as they are compared: without the schema's, and of parts the whole."""
    plain = (one.strip().lower().removeprefix(f"{USER.lower()}:") for one in text.split(","))
    return {one.partition(".")[0] for one in plain if one}
