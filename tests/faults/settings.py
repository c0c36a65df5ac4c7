"""The settings of the programs under fault: those of Liaison, the kinds of message of the tests, a planted fault.

Waits for a mail server are long, because here one that is slow is a busy machine and never the fault that is tried.
"""

import os

from liaison.settings import *  # noqa: F403
from liaison.settings import INSTALLED_APPS

# A planted fault is this app too, with a start of its own.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.notices.trial", os.environ.get("PLANTED") or "tests.faults"]
EMAIL_USE_TLS = False
EMAIL_TIMEOUT = 120
