from django.core.management.base import BaseCommand

from core import sealing


class Command(BaseCommand):
    help = "Begin a new chain of seals after a backup was restored, before the site is opened again."

    def handle(self, **options):
        chain = sealing.start_chain("owner")
        self.stdout.write(f"Chain {chain} begins. Run manage.py verify_audit.")
