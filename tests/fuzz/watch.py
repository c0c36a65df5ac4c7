"""What a post leaves behind, looked at in the database and in the page that answers it."""

import time
from contextlib import contextmanager
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from core.widgets import DateParts
from notices import inbound
from tests.fuzz.nasty import COMPUTED, RAW

# What is written whatever the answer: who did what, who is signed in, which key was used, who guesses.
ALWAYS = (
    *("core_auditentry", "core_auditseal", "core_idempotencykey", "core_heartbeat", "django_session"),
    *("usersessions_usersession", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"),
    "axes_accessattemptexpiration",
)
# What somebody typed too late is kept for them; that is no row of the case.
CONFLICT, KEPT = 409, ("core_draft",)
# Whose answer to a post shows what was done, there and nowhere else.
SHOWN_WHEN_DONE = {"notices:unsubscribe", "cases:agency_link"}
CSRF = "f" * 32
INBOUND_KEY = "fuzz"


def tables():
    """Every table there is, those of history and of pairs included."""
    return {*connection.introspection.table_names()} - {*ALWAYS}


def written():
    """{table: how many rows this transaction wrote to it so far, those included that were undone again}."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def contents(names):
    """{table: how many rows, and a sum over all that stands in them}."""
    each = [f"SELECT '{name}', count(*), sum(hashtextextended(t::text, 0)) FROM \"{name}\" t" for name in sorted(names)]
    with connection.cursor() as cursor:
        if each:
            cursor.execute(" UNION ALL ".join(each))
        return {name: (count, total) for name, count, total in (cursor.fetchall() if each else ())}


def bound_to(things, names):
    """How these things stand, and {table and column: how many rows of these tables point to each of them}."""
    questions = []
    for thing in things:
        name = f"{thing._meta.label} {thing.pk}"
        questions.append(f"SELECT '{name}', t::text FROM \"{thing._meta.db_table}\" t WHERE id = {thing.pk}")
        questions += [
            f'SELECT \'{name} {table} {column}\', count(*)::text FROM "{table}" WHERE "{column}" = {thing.pk}'
            for table, column in pointers(type(thing))
            if table in names
        ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return dict(cursor.fetchall())


def pointers(model):
    """The columns that point to rows of a model."""
    relations = (one for one in model._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete)
    pairs = (one for one in relations if not one.many_to_many)
    return {(one.related_model._meta.db_table, one.field.column) for one in pairs}


@contextmanager
def undone():
    """Everything done in here is undone, and each statement outside a transaction stands alone, as it does in life.

    The whole city lies in one transaction of the test, in which one failed statement would spoil all that follow.
    Gives a function that names the tables written to since: no other needs to be looked at for what was left behind.
    """
    depth, point, so_far = len(connection.savepoint_ids), transaction.savepoint(), written()

    def alone(execute, sql, params, many, context):
        if len(connection.savepoint_ids) > depth or sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        with transaction.atomic():
            return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(alone):
            yield lambda: {name for name, rows in written().items() if rows != so_far.get(name, 0)} - {*ALWAYS}
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(point)
        cache.clear()


def browser(world, who):
    """A browser of its own, in which this person is signed in."""
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(world.cookies[who])
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
    return client


def send(world, row, post):
    """Post to a row as its person does, and give the answer and the browser."""
    client, (body, kind) = browser(world, row.who), post.wrapped()
    headers = {"X-CSRFToken": CSRF}
    if row.sign:
        now = str(int(time.time()))
        signed = inbound.signature(INBOUND_KEY, now, body)
        headers |= {"X-Liaison-Timestamp": now, "X-Liaison-Signature": f"sha256={signed}"}
    return client, client.generic("POST", row.url(world), body, content_type=kind, headers=headers)


def judge(world, row, post):
    """Post, and fail if the answer or what it left behind is wrong. Gives whether something was done."""
    with undone() as touched:
        client, answer = send(world, row, post)
        assert answer.status_code < 500, answer.status_code
        must_not_echo(answer)
        # A file is made while it is sent.
        b"".join(answer.streaming_content if answer.streaming else [])
        connection.check_constraints()
        if done := answer.status_code in row.done and not row.key and not same_page(answer, row):
            must_not_have_bound(world, touched())
            follow(client, answer)
        else:
            must_have_left_nothing(world, answer, touched())
        return done


def same_page(answer, row):
    """The answer is the form again, although this row answers 200 when it has done its work."""
    kind, is_file = answer.headers.get("Content-Type", ""), answer.has_header("Content-Disposition")
    is_page = answer.status_code == 200 and kind.startswith("text/html") and not is_file
    return is_page and row.name not in SHOWN_WHEN_DONE


def must_have_left_nothing(world, answer, touched, without=()):
    after = contents(touched - {*(KEPT if answer.status_code == CONFLICT else without)})
    changed = {name: (world.before[name], now) for name, now in after.items() if world.before[name] != now}
    assert not changed, f"{answer.status_code} {changed}"


def must_not_have_bound(world, touched):
    """Nothing of ours points to what lies beyond our reach, and that stands as it stood."""
    after = bound_to(world.foreign, touched)
    bound = {name: (was, now) for name, now in after.items() if (was := world.foreign_before[name]) != now}
    assert not bound, str(bound)


def must_not_echo(answer):
    """What was sent stands in a page escaped or not at all."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    page = answer.content.decode()
    found = [raw for raw in (*RAW, COMPUTED) if raw in page]
    assert not found, f"{found} {answer.request['PATH_INFO']}"


def follow(client, answer):
    """What was accepted is shown on the page behind the redirect: there too it is escaped."""
    where = answer.headers.get("Location", "")
    if not where:
        return
    assert url_has_allowed_host_and_scheme(where, allowed_hosts=None), where
    shown = client.get(urljoin(answer.request["PATH_INFO"], where))
    assert shown.status_code < 500
    must_not_echo(shown)


@contextmanager
def bound_forms():
    """The forms that were given something to read while this lasts, and the names of their fields in a post."""
    kept, begin = {}, forms.BaseForm.__init__

    def noted(form, *args, **kwargs):
        begin(form, *args, **kwargs)
        if form.is_bound:
            kept[type(form)] = kept.get(type(form), ()) + (form,)

    forms.BaseForm.__init__ = noted
    try:
        yield kept
    finally:
        forms.BaseForm.__init__ = begin


def names_of(kept):
    """What the fields of these forms are called in a post; a date is three fields."""
    found = set()
    for form in (form for forms_of_kind in kept.values() for form in forms_of_kind):
        for name, field in form.fields.items():
            html = form.add_prefix(name)
            parts = ("day", "month", "year") if isinstance(field.widget, DateParts) else ()
            found |= {html, *(f"{html}_{part}" for part in parts)}
    return found
