"""Loading a rulebook file as an immutable version, and taking a version into use."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.organisation.models import School
from backend.rulebook.models import RulebookVersion, SchoolRulebook


@transaction.atomic
def rulebook_load(*, content: Mapping[str, Any], now: datetime) -> tuple[RulebookVersion, bool]:
    """Store checked content as a version and say whether it is new; the same content is always the same version."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return RulebookVersion.objects.get_or_create(
        digest=digest, defaults={"name": content["name"], "content": content, "loaded_at": now}
    )


def rulebook_activate(*, school: School, version: RulebookVersion, now: datetime) -> None:
    """Open the school's new tickets under this version from now on; open tickets keep theirs."""
    SchoolRulebook.objects.update_or_create(school=school, defaults={"version": version, "activated_at": now})
