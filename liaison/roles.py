"""The three roles of the database, and what each may do to each table (docs/adr/0003-three-database-roles.md).

The owner makes and changes tables. The application reads and writes rows, but can never rewrite what is remembered.
Disposal removes what retention says must go, history included, and can touch no audit.
"""

OWNER, APP, DISPOSAL = "liaison_owner", "liaison_app", "liaison_disposal"


def creation(connection):
    """The statements that make the roles which a server lacks; a superuser runs them.

    The owner may become the two others, so that tests can try what they are denied.
    """
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    statements = []
    for role, rights in ((APP, "LOGIN"), (DISPOSAL, "LOGIN"), (OWNER, "LOGIN CREATEDB")):
        if role not in known:
            statements.append(f"CREATE ROLE {role} {rights}")
    return [*statements, f"GRANT {APP}, {DISPOSAL} TO {OWNER}"]


def missing(connection):
    """The roles that this server lacks: an installation may run on one role, and is told what it gives up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname IN (%s, %s)", [APP, DISPOSAL])
        known = {name for (name,) in cursor.fetchall()}
    return [role for role in (APP, DISPOSAL) if role not in known]
