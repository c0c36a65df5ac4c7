from django.core.management.base import BaseCommand, CommandError

from core.verifying import Verification

SHOWN = 20


class Command(BaseCommand):
    help = "Check the audit against its seals and the file of heads outside the database. Exit 1 if anything is wrong."

    def handle(self, **options):
        verification = Verification()
        found = 0
        for problem in verification.problems():
            found += 1
            if found <= SHOWN:
                self.stderr.write(problem)
        if found > SHOWN:
            self.stderr.write(f"… and {found - SHOWN} more.")
        looked_at = f"{verification.entries} entries, {verification.seals} seals"
        if found:
            raise CommandError(f"The audit is not whole: {found} problems in {looked_at}.")
        self.stdout.write(f"The audit is whole: {looked_at}.")
