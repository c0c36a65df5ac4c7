from collections import defaultdict

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from liaison import rights, roles

ALIAS = "owner"
LOCK = 7_104_301


class Command(BaseCommand):
    help = "Give the application and disposal roles of the database their rights. Run it after every migrate."

    def handle(self, *, verbosity, **options):
        connection = connections[ALIAS]
        missing = roles.missing(connection)
        for role in missing:
            self.stderr.write(
                f"The database has no role {role}, so nothing keeps the program from rewriting its own audit and "
                "history: run docs/database-roles.sql as a superuser."
            )
        wanted = {roles.APP: rights.of_application, roles.DISPOSAL: rights.of_disposal}
        with transaction.atomic(using=ALIAS), connection.cursor() as cursor:
            # Two of these at once would trip over one another's rows of the catalog.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            tables = sorted(connection.introspection.table_names(cursor))
            for role, may in wanted.items():
                if role not in missing:
                    grant(cursor, role, tables, may)
        if verbosity and not missing:
            self.stdout.write(f"Rights on {len(tables)} tables are set.")


def grant(cursor, role, tables, may):
    """Take everything and give what is wanted, so that a right that was ever given by mistake goes."""
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    groups = defaultdict(list)
    for table in tables:
        groups[may(table)].append(f'"{table}"')
    for kinds, named in groups.items():
        cursor.execute(f"GRANT {', '.join(kinds)} ON {', '.join(named)} TO {role}")
