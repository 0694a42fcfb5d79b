"""Whatever names have a word that somebody looks for: places with all in them, offices, people, heads, and categories.

Names are looked up when somebody searches and are copied into no ticket: whoever or whatever is renamed is found by
the new name at once, in old tickets too. A category is found by its names in every version of the rules in use lately.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.db import connection

from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.rulebook.selectors import ruleset_get

MOST_NAMED = 2000
"""A word that stands in more names than this tells nothing apart: the first so many are looked for."""
MOST_VERSIONS = 20
NAMED = """
    WITH RECURSIVE asked (word) AS (SELECT unnest(%(words)s::text[])),
    school (id) AS MATERIALIZED (
        SELECT id FROM organisation_school WHERE id = %(school)s OR (%(school)s IS NULL AND bureau_id = %(bureau)s)
    ),
    place (word, id) AS (
        SELECT word, place.id FROM asked, school JOIN organisation_place AS place ON place.school_id = school.id
        WHERE strpos(lower(normalize(place.name_zh || ' ' || place.name_en, NFKC)), word) > 0
        UNION SELECT place.word, below.id FROM place JOIN organisation_place AS below ON below.parent_id = place.id
    ),
    office (word, id) AS (
        SELECT word, unit.id FROM asked, school JOIN organisation_unit AS unit ON unit.school_id = school.id
        WHERE strpos(lower(normalize(unit.name_zh || ' ' || unit.name_en, NFKC)), word) > 0
    ),
    person (word, id) AS (
        SELECT word, person.id FROM asked, school JOIN organisation_person AS person ON person.school_id = school.id
        WHERE strpos(lower(normalize(person.name, NFKC)), word) > 0 LIMIT %(most)s
    ),
    headed (word, unit_id) AS (
        SELECT person.word, post.unit_id FROM person JOIN organisation_appointment AS held ON held.person_id = person.id
        JOIN organisation_post AS post ON post.id = held.post_id
        WHERE %(heads)s AND post.role = %(head)s AND NOT held.is_deputy
        AND held.starts_at <= statement_timestamp() AND coalesce(held.ends_at > statement_timestamp(), true)
    )
    (SELECT 'places', word, id::text FROM place LIMIT %(most)s)
    UNION ALL SELECT 'offices', word, id::text FROM office
    UNION ALL SELECT 'people', word, id::text FROM person
    UNION ALL SELECT 'headed', word, unit_id::text FROM headed
    UNION ALL (
        SELECT 'version', '', rules.version_id::text
        FROM school JOIN rulebook_rulebookuse AS rules ON rules.school_id = school.id
        GROUP BY rules.version_id ORDER BY max(rules.since) DESC, rules.version_id LIMIT %(versions)s
    )"""


@dataclass(slots=True)
class NamesFound:
    """The ids of what has one word in its name; `headed` are the offices that people of this name head now."""

    places: list[UUID] = field(default_factory=list)
    offices: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    headed: list[UUID] = field(default_factory=list)
    categories: Sequence[str] = ()


def names_found(*, actor: Actor, words: Sequence[str]) -> Mapping[str, NamesFound]:
    """Return what each word (in small letters, NFKC) names at the actor's school, or at those of their bureau.

    Who heads an office is told to those who may read the posts of others. One statement.
    """
    found = {word: NamesFound() for word in words}
    values = {
        "words": list(words),
        "school": actor.school_id,
        "bureau": actor.bureau_id,
        "head": Role.OFFICE_HEAD,
        "heads": actor.may(Permission.PEOPLE_READ_POSTS),
        "most": MOST_NAMED,
        "versions": MOST_VERSIONS,
    }
    versions = []
    with connection.cursor() as cursor:
        cursor.execute(NAMED, values)
        for kind, word, found_id in cursor.fetchall():
            if kind == "version":
                versions.append(int(found_id))
            else:
                getattr(found[word], kind).append(UUID(found_id))
    categories = _categories(tuple(versions))
    for word in words:
        at_start = re.compile(rf"(?<![a-z0-9]){re.escape(word)}")
        whole = re.compile(rf"{at_start.pattern}(?![a-z0-9])")
        found[word].categories = [
            code for code, (names, synonyms) in categories.items() if at_start.search(names) or whole.search(synonyms)
        ]
    return found


@lru_cache(maxsize=64)
def _categories(versions: tuple[int, ...]) -> Mapping[str, tuple[str, str]]:
    """Return for the code of each category its names and its synonyms in these versions, in lines of small letters.

    A name is found by the beginning of a word, one of the many synonyms by a whole word: "Ben" is no bench.
    """
    said: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for version in versions:
        for category in ruleset_get(version).categories.values():
            names, synonyms = said[category.code]
            names.update(map(_folded, (category.name_zh, category.name_en)))
            synonyms.update(map(_folded, (*category.synonyms.zh, *category.synonyms.en)))
    return {code: ("\n".join(sorted(names)), "\n".join(sorted(synonyms))) for code, (names, synonyms) in said.items()}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).lower()
