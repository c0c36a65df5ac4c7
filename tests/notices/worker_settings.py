"""The settings of a real worker that a test starts: those of Liaison, and the kinds of message that tests register."""

from liaison.settings import *  # noqa: F403
from liaison.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.notices.trial"]
EMAIL_USE_TLS = False
