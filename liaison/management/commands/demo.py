import time

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from liaison.demo import load, staff


class Command(BaseCommand):
    help = (
        "Load the invented city of Alder Bay with staff of every role and a year of cases. What is there already stays "
        "as it is, so running it again adds nothing, and a larger --scale adds the missing cases."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale", type=int, default=load.DEFAULT_CASES, metavar="CASES", help="how many cases the city has in all"
        )
        parser.add_argument("--add", action="store_true", help="load it beside staff and records of your own")
        parser.add_argument("--new-passwords", action="store_true", help="give the demo's staff new passwords")

    def handle(self, *, scale, add, new_passwords, verbosity, **options):
        if not 0 < scale <= load.LARGEST:
            raise CommandError(f"--scale is the number of cases, from 1 to {load.LARGEST:,}.")
        started = time.perf_counter()
        try:
            new = load.load(scale, add=add, new_passwords=new_passwords)
        except load.NotOurs:
            raise CommandError(
                "This database has staff of its own, so the demo city was not loaded. --add loads it beside them."
            ) from None
        # The planner knows nothing of rows that came by COPY until they are counted.
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        if verbosity:
            self.stdout.write(f"{new:,} demo cases loaded in {time.perf_counter() - started:.1f} s.")
            if staff.signins_file().exists():
                self.stdout.write(f"Sign-ins: {staff.signins_file()}")
