"""The archive of a OneRoster bundle, unpacked within bounds: its manifest, and the files that this names. Pure."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from backend.common.archives import DAMAGED, ArchiveTooLarge, archive_entries
from backend.people.bundle.faults import BundleUnreadable
from backend.people.bundle.tables import rows_read

MAXIMUM_BYTES = 3_500_000
"""The proxy takes 4 MB, with what a form writes around a file."""
MAXIMUM_UNPACKED = 80_000_000
MOST_FILES = 40
MANIFEST = "manifest.csv"
VERSIONS = ("1.1", "1.2")
FILES = ("orgs", "users", "roles", "classes", "enrollments")
"""The files that something is taken from; of the others a bundle may hold any."""
BULK, DELTA, ABSENT = "bulk", "delta", "absent"


class Bundle:
    """A bundle as it is: its version, and of each file the text and whether it is whole or what changed."""

    def __init__(self, version: str, modes: Mapping[str, str], texts: Mapping[str, str]) -> None:
        self.version = version
        self.modes = modes
        self.texts = texts

    def mode(self, name: str) -> str:
        """Return whether a file is whole (bulk), holds what changed (delta), or is absent."""
        return self.modes.get(name, ABSENT)


def bundle_open(*, content: bytes) -> Bundle:
    """Return a bundle whose manifest and files fit each other; raise BundleUnreadable or BundleFaulty."""
    if len(content) > MAXIMUM_BYTES:
        raise BundleUnreadable(_("The bundle is larger than 3.5 MB. Leave out the files about pupils and lessons."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = archive_entries(packed=packed, most_unpacked=MAXIMUM_UNPACKED)
            return _opened(packed, [entry.filename for entry in entries if not entry.is_dir()])
    except ArchiveTooLarge as error:
        raise _too_large() from error
    except DAMAGED as error:
        raise BundleUnreadable from error


def _too_large() -> BundleUnreadable:
    return BundleUnreadable(_("The bundle is too large unpacked. Leave out the files about pupils and lessons."))


def _opened(packed: zipfile.ZipFile, names: Sequence[str]) -> Bundle:
    if len(names) > MOST_FILES:
        raise _too_large()
    if MANIFEST not in names:
        raise BundleUnreadable
    version, modes = _manifest(_text(packed, MANIFEST))
    wanted = [name for name in FILES if modes.get(name, ABSENT) != ABSENT]
    missing = [f"{name}.csv" for name in wanted if f"{name}.csv" not in names]
    if missing:
        said = _("The manifest names a file that is not in the bundle: %(name)s.")
        raise BundleUnreadable(said % {"name": missing[0]})
    if "users" not in wanted or modes.get("orgs") != BULK:
        raise BundleUnreadable(_("A bundle of staff needs users.csv, and orgs.csv in full (bulk)."))
    if version != "1.1" and "roles" not in wanted:
        raise BundleUnreadable(_("A bundle of OneRoster 1.2 needs roles.csv."))
    return Bundle(version, modes, {name: _text(packed, f"{name}.csv") for name in wanted})


def _text(packed: zipfile.ZipFile, name: str) -> str:
    """Return a file as text: UTF-8, as OneRoster wants it; anything else is refused rather than guessed."""
    content = packed.read(name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = _("%(name)s is not written in UTF-8. Have the portal export it as OneRoster asks for.")
        raise BundleUnreadable(said % {"name": name}) from error
    if "\0" in text:
        raise BundleUnreadable
    return text


def _manifest(text: str) -> tuple[str, dict[str, str]]:
    said = {
        row["propertyName"]: row["value"].lower()
        for row in rows_read(name=MANIFEST, text=text, needed=("propertyName", "value"))
    }
    version = said.get("oneroster.version", "")
    if version not in VERSIONS:
        raise BundleUnreadable(
            _("The bundle says it is OneRoster %(version)s; 1.1 and 1.2 can be read.")
            % {"version": version[:20] or "?"}
        )
    modes = {name.removeprefix("file."): mode for name, mode in said.items() if name.startswith("file.")}
    for name in FILES:
        if modes.get(name, ABSENT) not in {BULK, DELTA, ABSENT}:
            raise BundleUnreadable(
                _("The manifest says of %(name)s neither bulk nor delta nor absent.") % {"name": name}
            )
    return version, modes
