"""Many rows at once: COPY into the tables, with keys drawn from the tables' own sequences.

PostgreSQL needs longer to take rows in than Python to invent them, so a batch is sent by a thread while the next one
is made. They share one connection and so one transaction: while a batch is on its way nothing else may be asked.
"""

from concurrent.futures import ThreadPoolExecutor

from django.db import models


class Table:
    """One table filled by COPY.

    Rows are tuples in the order of the columns, which are named in one text; every other column gets the default of
    its model, so a field added to a model later needs no change here. Keys are drawn in advance only where other rows
    point to them.
    """

    def __init__(self, connection, model, columns, *, keyed=False):
        self.connection, self.model, self.keyed = connection, model, keyed
        fields = [field for field in model._meta.local_concrete_fields if not self._left_to_the_database(field)]
        given = [model._meta.get_field(name).column for name in columns.split()]
        others = [field for field in fields if field.column not in given]
        self.defaults = tuple(self._default(field) for field in others)
        self.columns = [*(["id"] if keyed else []), *given, *(field.column for field in others)]
        self.rows, self.count, self.keys = [], 0, []

    @staticmethod
    def _left_to_the_database(field):
        return field.primary_key or field.generated or field.db_default is not models.NOT_PROVIDED

    def _default(self, field):
        return field.get_db_prep_save(field.get_default(), self.connection)

    def add(self, *values):
        """Remember one row; its key is returned where the table hands out keys."""
        self.count += 1
        if not self.keyed:
            self.rows.append(values + self.defaults)
            return None
        key = self.keys.pop()
        self.rows.append((key, *values, *self.defaults))
        return key

    def draw_keys(self, enough):
        """Have so many keys at hand."""
        if not self.keyed or len(self.keys) >= enough:
            return
        with self.connection.cursor() as cursor:
            table = self.model._meta.db_table
            sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sql, [table, enough - len(self.keys)])
            self.keys = [row[0] for row in cursor.fetchall()][::-1] + self.keys

    def statement(self):
        quote = self.connection.ops.quote_name
        names = ", ".join(quote(column) for column in self.columns)
        return f"COPY {quote(self.model._meta.db_table)} ({names}) FROM STDIN"

    def take(self):
        """The rows gathered so far, which from now on are somebody else's."""
        rows, self.rows = self.rows, []
        return rows


class Sender:
    """Sends the rows of some tables, a batch at a time, beside the thread that makes them."""

    def __init__(self, connection, tables, keys_each):
        self.connection, self.tables, self.keys_each = connection, tables, keys_each
        self._thread, self._under_way = ThreadPoolExecutor(max_workers=1), None

    def __enter__(self):
        self._draw_keys()
        return self

    def __exit__(self, kind, error, traceback):
        """Whatever happened, the connection is free again; what went wrong on the way is raised here."""
        self._thread.shutdown()
        if error is None:
            self._wait()

    def _draw_keys(self):
        for table in self.tables:
            table.draw_keys(self.keys_each)

    def _wait(self):
        if self._under_way is not None:
            self._under_way.result()

    def send(self):
        """Let the gathered rows go, once the batch before is in, with the keys of the next batch at hand."""
        self._wait()
        self._draw_keys()
        batch = [(table.statement(), table.take()) for table in self.tables if table.rows]
        self._under_way = self._thread.submit(self._copy, self.connection.connection, batch)

    @staticmethod
    def _copy(connection, batch):
        for statement, rows in batch:
            with connection.cursor() as cursor, cursor.copy(statement) as stream:
                for row in rows:
                    stream.write_row(row)
