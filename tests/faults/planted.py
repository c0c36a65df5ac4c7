"""Workers that are wrong on purpose. PLANTED names one, and a real worker process is started with it.

What they break is imported late: this module is read while Django still learns which apps there are.
"""

import os
import signal
from importlib import import_module

from django.apps import AppConfig
from django.utils import timezone

# Every so manieth message the hasty worker dies between noting and sending.
DIES_EVERY = 4


class Planted(AppConfig):
    name = "tests.faults"
    label = "planted"


class Forgetful(Planted):
    """It does not note what it sent: whatever a killed worker had sent before is sent again."""

    def ready(self):
        import_module("notices.delivery").Batch._sent = lambda self, notice, begun: "sent"


class Hasty(Planted):
    """It notes what it sends before it sends it: what was noted last by a killed worker is lost."""

    def ready(self):
        gateway = import_module("notices.channels").Gateway
        notices = import_module("notices.models").Notice.objects
        send = gateway.send

        def note_and_send(self, notice, letter, *, to_staff):
            now = timezone.now()
            done = {"state": "sent", "sent_at": now, "ended_at": now, "lease": None, "lease_until": None}
            notices.filter(pk=notice.pk).update(**done)
            if notice.pk % DIES_EVERY == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return send(self, notice, letter, to_staff=to_staff)

        gateway.send = note_and_send
