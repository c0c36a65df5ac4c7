from django.core.management.base import BaseCommand, CommandError

from notices import delivery, health


class Command(BaseCommand):
    help = (
        "Say whether the engine of messages and reminders runs; exit 1 if it stands still. "
        "With --tell the coordinators get a task and a mail at once, without the worker. Meant for cron or a watchdog."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tell", action="store_true", help="tell the coordinators, once for each standstill")

    def handle(self, *, tell, **options):
        engine = health.engine()
        if not engine.stopped:
            self.stdout.write(f"The engine runs: last tick {engine.last_tick or 'not yet'}, {engine.due} due.")
            return
        if tell:
            health.tell_of_silence()
            delivery.deliver(only=["notices.engine"])
        raise CommandError(f"The engine stands still: last tick {engine.last_tick or 'never'}, {engine.due} due.")
