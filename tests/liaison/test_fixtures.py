"""The fixtures that other tests trust: the role and database of a foreign process, and the watch on the console."""

import subprocess
import sys

from django.core.cache import cache
from django.db import connection

from liaison.supervisor.home import REPOSITORY

ASK = """
from django.core.cache import cache
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT current_user, current_database()")
print(*cursor.fetchone(), cache.get("left-by-the-test"))
"""


def test_foreign_process_joins_the_database_and_redis_of_the_test(process_environment):
    cache.set("left-by-the-test", "found")
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASK],
        cwd=REPOSITORY,
        env=process_environment,
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["liaison_app", connection.settings_dict["NAME"], "found"], done.stderr


def test_cache_is_empty_when_a_test_begins(db):
    assert cache.get("left-by-the-test") is None


def test_complaint_of_the_browser_is_noticed(open_context, console):
    context = open_context(width=390, theme="dark")
    page = context.new_page()
    with page.expect_event("console"):
        page.evaluate("console.error('a complaint')")
    with context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('a failure') })")

    assert console.pop(0) == "a complaint"
    assert "a failure" in console.pop(0)


def test_browser_without_javascript_runs_none(open_context):
    page = open_context(js=False).new_page()
    page.set_content("<p>before</p><script>document.body.textContent = 'after'</script>")

    assert page.inner_text("body") == "before"
