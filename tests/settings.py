"""Settings of the tests: those of Liaison, and the few lines that tests need otherwise."""

from liaison.settings import *  # noqa: F403
from liaison.settings import (
    DATABASES,
    DB_TIMEOUTS,
    LIAISON_HOME,
    STORAGES,
    TEMPLATES,
    database,
    env,
)
from tests.strict import Undefined

# The owner creates the test database; tests then run in the role of the application, or no denial would be tested
# (tests/conftest.py). The three aliases are one database, emptied through the first alone.
DATABASES = {alias: database(env("DATABASE_OWNER_URL"), timeouts=False) | {"CONN_MAX_AGE": 0} for alias in DATABASES}
DATABASES["default"]["TEST"] = {"TEMPLATE": env("TEST_TEMPLATE", default=None)}
for alias in ("owner", "disposal"):
    DATABASES[alias]["TEST"] = {"MIRROR": "default"}
ROLES = {"default": f"{DB_TIMEOUTS} -c role=liaison_app", "disposal": f"{DB_TIMEOUTS} -c role=liaison_disposal"}

# A good hash is slow on purpose, and every test that signs in would pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Without the manifest no test needs a built front end, only a folder where one would be.
STATIC_ROOT = LIAISON_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# A name that a view did not give is an empty text to residents, and a failure here.
OPTIONS = TEMPLATES[0]["OPTIONS"] | {"string_if_invalid": Undefined("%s")}
TEMPLATES = [TEMPLATES[0] | {"OPTIONS": OPTIONS}]
# Tests of the second factor turn this on; all others sign in without one.
MFA_REQUIRED = False
# Tests try thousands of wrong codes; the one about the wait sets it.
WRONG_CODE_WAIT = 0
# Never by itself, so that no page asks for one statement more in the middle of a test; each test begins with reading.
LISTS_READ_AGAIN = 10**10
