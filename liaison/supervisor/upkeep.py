"""Whether a database was set up by the code as it stands: a comment on the database itself says by which.

Set-up takes seconds even where it finds nothing to do, so a second start asks here first. A restored, moved or new
database carries no comment or another one, and is set up.
"""

import contextlib
import hashlib

import psycopg
from psycopg import sql

from liaison.supervisor.addresses import connection_options
from liaison.supervisor.home import REPOSITORY

# Tables and who may do what to them: a right given by hand since then is taken back by setting up anew.
RIGHTS = (
    "SELECT md5(coalesce(string_agg(relname || coalesce(relacl::text, ''), ',' ORDER BY relname), ''))"
    " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
)
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


def mark(demo):
    """What set-up depends on: every module and locked package, and whether the demo belongs in the database."""
    digest = hashlib.sha256()
    modules = [path for package in REPOSITORY.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    for path in sorted([*modules, REPOSITORY / "requirements" / "base.txt"]):
        if not path.is_relative_to(REPOSITORY / "tests"):
            digest.update(path.read_bytes())
    return f"Liaison set up {digest.hexdigest()[:32]} {'with' if demo else 'without'} demo"


def is_marked(url, mark):
    with psycopg.connect(**connection_options(url)) as connection:
        return connection.execute(COMMENT).fetchone()[0] == f"{mark} {connection.execute(RIGHTS).fetchone()[0]}"


def write_mark(url, mark):
    """Only the owner of a database may comment on it; where we are not, each start sets up anew."""
    with (
        contextlib.suppress(psycopg.errors.InsufficientPrivilege),
        psycopg.connect(**connection_options(url)) as connection,
    ):
        name = sql.Identifier(connection.info.dbname)
        whole = sql.Literal(f"{mark} {connection.execute(RIGHTS).fetchone()[0]}")
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, whole))
