"""Rights of a database role to each table: stated as GRANT statements and carried out as the tables' owner.

The written table itself is a setting, GRANTS: only `config` knows the tables of every room.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

LOCK = "SELECT pg_advisory_xact_lock(hashtext('grants'))"
ROLE = "SELECT rolname = current_user FROM pg_roles WHERE rolname = %s"
COLUMNS = """
SELECT kept.relname, array_agg(attribute.attname::text)
FROM pg_class AS kept
JOIN pg_roles AS owner ON owner.oid = kept.relowner AND owner.rolname = current_user
JOIN pg_attribute AS attribute ON attribute.attrelid = kept.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE kept.relnamespace = 'public'::regnamespace AND kept.relkind IN ('r', 'p', 'v', 'm', 'f')
GROUP BY kept.relname
"""
SEQUENCES = """
SELECT kept.relname FROM pg_class AS kept JOIN pg_roles AS owner ON owner.oid = kept.relowner
WHERE kept.relnamespace = 'public'::regnamespace AND kept.relkind = 'S' AND owner.rolname = current_user
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """The rights of a role to the rows of one table; `update` is true for every column, or names the columns.

    `maintain`: it may have the statistics of the table taken, after it wrote the whole of it.
    """

    select: bool = True
    insert: bool = False
    update: bool | tuple[str, ...] = False
    delete: bool = False
    maintain: bool = False

    def privileges(self) -> str:
        """Return what the role gets, as GRANT wants it; empty for nothing."""
        update = "UPDATE" if self.update is True else f"UPDATE ({', '.join(map(_name, self.update or ()))})"
        words = {"SELECT": self.select, "INSERT": self.insert, update: self.update, "DELETE": self.delete}
        words["MAINTAIN"] = self.maintain
        return ", ".join(word for word, is_granted in words.items() if is_granted)


class GrantsRefusedError(Exception):
    """The written table and the database do not fit together; each line says where."""


@transaction.atomic
def grants_apply(*, role: str, grants: Mapping[str, Grant]) -> bool:
    """Give a role what the table says and nothing else, as owner of the tables; repeating it changes nothing.

    Return False where the role is the owner itself, who may do everything.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROLE, [role])
        found = cursor.fetchone()
        if found is None:
            raise GrantsRefusedError(f"There is no role {role}; APPLICATION_ROLE names the one the processes work as.")
        cursor.execute(COLUMNS)
        if problems := list(_problems(grants, dict(cursor.fetchall()))):
            raise GrantsRefusedError("\n".join(problems))
        if found[0]:
            return False
        cursor.execute(LOCK)
        cursor.execute(SEQUENCES)
        sequences = [row[0] for row in cursor.fetchall()]
        cursor.execute(";\n".join(_statements(_name(role), grants, sequences)))
    return True


def _problems(grants: Mapping[str, Grant], columns: Mapping[str, list[str]]) -> Iterator[str]:
    for table in sorted(columns.keys() - grants.keys()):
        yield f"The table {table} is not named in GRANTS, so nobody may use it. Say there what the application may do."
    for table in sorted(grants.keys() - columns.keys()):
        yield f"GRANTS names the table {table}, but the role that migrates owns none of this name."
    for table in sorted(grants.keys() & columns.keys()):
        update = grants[table].update
        for column in sorted(set(update if isinstance(update, tuple) else ()) - set(columns[table])):
            yield f"GRANTS names the column {column} of {table}, which has none of this name."


def _statements(role: str, grants: Mapping[str, Grant], sequences: list[str]) -> Iterator[str]:
    for kind in ("TABLES", "SEQUENCES"):
        yield f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM {role}"
    for sequence in sequences:  # keys are identity columns, which need no right to their sequence
        yield f"REVOKE ALL ON SEQUENCE public.{_name(sequence)} FROM PUBLIC, {role}"
    for table, grant in grants.items():
        yield f"REVOKE ALL ON TABLE public.{_name(table)} FROM PUBLIC, {role}"
        if privileges := grant.privileges():
            yield f"GRANT {privileges} ON TABLE public.{_name(table)} TO {role}"


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
