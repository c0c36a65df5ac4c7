from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from core import lighter


class Command(BaseCommand):
    help = "Bring the database up to date: migrate as the owner, set the rights, load the demo on its first start."

    # The checks are those of `make lint`; here each start would wait a second for them.
    requires_system_checks = []

    @staticmethod
    def has_pending_migrations():
        """Ask first: migrate with nothing to do still compares every model with every migration."""
        executor = MigrationExecutor(connections["owner"])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def handle(self, *, verbosity, **options):
        with connections["owner"].cursor() as cursor:
            # A migration that waits for a long query would make every later query wait for the migration.
            cursor.execute("SET lock_timeout = '10s'")
        if self.has_pending_migrations():
            with lighter.migrations():
                call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        call_command("grants", verbosity=verbosity)
        if settings.DEMO and "demo" in get_commands() and not get_user_model().objects.exists():
            call_command("demo", verbosity=verbosity)
