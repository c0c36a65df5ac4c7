from django.core.management.base import BaseCommand

from core import erasure


class Command(BaseCommand):
    help = "After a backup was restored: erase again what people asked to be erased (LIAISON_HOME/erasures)."

    def handle(self, **options):
        count = erasure.replay(by="command")
        self.stdout.write(f"{count} erasures were run again.")
