"""Statements whose text never changes, planned once by each connection instead of at every page."""

from types import SimpleNamespace

import psycopg
from django.db import connection


class _Cursor(psycopg.Cursor):
    """It sends values beside the text, where Django's own writes them into it."""

    def execute(self, query, params=None, **options):
        super().execute(query, params, prepare=True, **options)
        # Whoever logs queries asks for the text, which is not sent again once the server knows it.
        self._query = self._query or SimpleNamespace(query=query.encode())
        return self


def prepared():
    """A cursor whose statements the server keeps planned; wrapped as Django wraps its own, so that queries are counted.

    Only for texts that never change: every text is kept by the server as long as the connection lives. What it selects
    is cast, for a column that a migration makes longer would end a plan that is kept.
    """
    # As `connection.cursor()` begins.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(_Cursor(connection.connection))
