"""Collecting styles and scripts under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it has no types
    """Writes those names into our scripts too, where one imports another, so that a page never mixes two versions."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "portal/*.js",
            (
                (r"""(?P<matched>from "(?P<url>\./[^"]+)";)""", 'from "%(url)s";'),
                (r"""(?P<matched>import\("(?P<url>\./[^"]+)"\))""", 'import("%(url)s")'),
            ),
        ),
    )
