from django.core.management.base import BaseCommand, CommandError

from core import privacy, retention


class Command(BaseCommand):
    help = "Dispose of rows past their keeping time, with their history. Shows what is due, unless --commit is given."

    def add_arguments(self, parser):
        parser.add_argument("--commit", action="store_true", help="dispose of them, under the disposal role")

    def handle(self, *, commit, **options):
        strange = privacy.strange_overrides()
        if strange:
            raise CommandError(f"RETENTION_DAYS names what is not counted in days: {', '.join(strange)}.")
        lines = retention.report()
        for line in lines:
            label = line.model._meta.label_lower
            self.stdout.write(f"{label:32} due {line.due:7}  on hold {line.held:7}  {line.rule}")
        if not commit:
            total = sum(line.due - line.held for line in lines)
            self.stdout.write(f"{total} rows would go. Nothing was changed: add --commit.")
            return
        finished = False
        while not finished:
            gone, finished = retention.purge()
            for model, count in gone.items():
                self.stdout.write(f"{model._meta.label_lower}: {count} rows are gone.")
        self.stdout.write("Done.")
