"""All settings of Liaison, read from the environment and from `LIAISON_HOME/liaison.env`.

Any variable X may come from a file instead: set X_FILE to its path. No secret has a default here: the supervisor
behind `make run` makes them once, a deployment supplies its own.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
LIAISON_HOME = Path(os.environ.get("LIAISON_HOME") or BASE_DIR / "var").resolve()

env = environ.FileAwareEnv()
env.read_env(LIAISON_HOME / "liaison.env", overwrite=False)

# The installation -------------------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", default=False)
HTTPS = env.bool("HTTPS", default=not DEMO)
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env("PUBLIC_URL", default=f"http://localhost:{PORT}" if DEMO else "https://localhost").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CJIS_PROFILE = env.bool("CJIS_PROFILE", default=False)

# Secrets, one for each purpose so that losing one does not lose the others.
SECRET_KEY, SECRET_KEY_FALLBACKS = env("SECRET_KEY"), env.list("SECRET_KEY_FALLBACKS", default=[])
AUDIT_KEY = env("AUDIT_KEY")
BLIND_KEY = env("BLIND_KEY")

# The agency: every text a resident reads that differs between installations --------------------------------------
AGENCY = {
    "name": env("AGENCY_NAME", default="Community Liaison"),
    "unit": env("AGENCY_UNIT", default="") or _("police community-liaison unit"),
    "emergency": env("AGENCY_EMERGENCY", default="911"),
    "phone": env("AGENCY_PHONE", default="555-0100"),
    "email": env("AGENCY_EMAIL", default="liaison@example.org"),
    "address": env("AGENCY_ADDRESS", default=""),
    "hours": env("AGENCY_HOURS", default="") or _("Monday to Friday, 8:00 to 18:00"),
    "complaint_body": env("AGENCY_COMPLAINT_BODY", default="") or _("the office that reviews complaints about police"),
    "complaint_phone": env("AGENCY_COMPLAINT_PHONE", default="555-0142"),
    "complaint_url": env("AGENCY_COMPLAINT_URL", default=""),
    # Where survivors of violence are helped; by default the National Domestic Violence Hotline of the United States.
    "survivor_line": env("AGENCY_SURVIVOR_LINE", default="1-800-799-7233"),
    "leave_url": env("AGENCY_LEAVE_URL", default="https://www.wikipedia.org/"),
    "neutral_sender": env("AGENCY_NEUTRAL_SENDER", default="") or _("Appointment service"),
    "neutral_phone": env("AGENCY_NEUTRAL_PHONE", default=env("AGENCY_PHONE", default="555-0100")),
}
HOLIDAYS = env.list("HOLIDAYS", default=[])
# How many seconds the answer to a wrong code waits once too many were tried (core.guessing).
WRONG_CODE_WAIT = 1.0
# After how many days each side of an agreement is asked whether it holds.
FOLLOW_UP_DAYS = [int(days) for days in env.list("FOLLOW_UP_DAYS", default=["30", "90"])]
# How long somebody on a waiting list may think about a place that became free, and how long before the event at the
# latest they must have answered.
OFFER_LASTS = timedelta(hours=env.int("EVENT_OFFER_HOURS", default=24))
OFFER_ENDS_BEFORE = timedelta(hours=env.int("EVENT_OFFER_ENDS_HOURS", default=2))

# Django ----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "core",
    "areas",
    "notices",
    "partners",
    "accounts",
    "cases",
    "events",
    "desk",
    "portal",
    "liaison",
]
MIDDLEWARE = [
    "core.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.middleware.PrivateByDefault",
    "core.refusals.Unusable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.middleware.LanguageHere",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorRequired",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.HistoryContext",
    "core.middleware.Answers",
    "core.refusals.Refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "core.templatetags.liaison"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
                "desk.context.staff_shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Databases: three roles on one PostgreSQL (docs/adr/0003-three-database-roles.md) ----------------------------------
DB_POOL = env.bool("DB_POOL", default=False)
DB_TIMEOUTS = (
    f"-c lock_timeout={env.int('LOCK_TIMEOUT', default=5000)} "
    f"-c statement_timeout={env.int('STATEMENT_TIMEOUT', default=30000)} "
    "-c idle_in_transaction_session_timeout=60000"
)


def database(url, *, pool=False, timeouts=True):
    """One Django database alias from one address; the pool is for the web process alone."""
    config = environ.Env.db_url_config(url)
    options = config.setdefault("OPTIONS", {})
    # Only statements that ask for it are prepared (core.prepared).
    options["prepare_threshold"] = 5
    if timeouts:
        options["options"] = DB_TIMEOUTS
    if pool:
        options["pool"] = {"min_size": 1, "max_size": env.int("DB_POOL_SIZE", default=8), "timeout": 5}
    return {**config, "CONN_MAX_AGE": 0 if pool else 600, "CONN_HEALTH_CHECKS": not pool}


if not env("DATABASE_URL", default=""):
    raise ImproperlyConfigured(
        f"No database is configured: {LIAISON_HOME / 'liaison.env'} does not exist and DATABASE_URL is not set. "
        "Run `make run` once, or set DATABASE_URL."
    )
DATABASES = {"default": database(env("DATABASE_URL"), pool=DB_POOL)}
DATABASES["owner"] = database(env("DATABASE_OWNER_URL", default=env("DATABASE_URL")), timeouts=False)
DATABASES["disposal"] = database(env("DATABASE_DISPOSAL_URL", default=env("DATABASE_URL")))

# Redis feeds the cache and Celery from one address --------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
REDIS_IS_SOCKET = REDIS_URL.startswith("unix://")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": f"{REDIS_URL}?db=1" if REDIS_IS_SOCKET else REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://") if REDIS_IS_SOCKET else REDIS_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}

# Sign-in ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotOurWords"},
]
PASSWORD_RESET_TIMEOUT = 7200
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "desk:my_day"
ACCOUNT_ADAPTER, MFA_ADAPTER = "accounts.adapter.Adapter", "accounts.adapter.FactorAdapter"
ACCOUNT_FORMS = {"reset_password": "accounts.forms.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Computers at a station are shared: a session ends with the browser at the latest.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS, ACCOUNT_EMAIL_SUBJECT_PREFIX = False, ""
# Wrong passwords are judged by axes alone and wrong codes by us: two rules on one door answer differently
# (docs/adr/0006-sign-in.md). The limits by address are wide because a whole station shares one.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": "60/m/ip"}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.AuthenticatePasskeyForm",
    "login_webauthn": "accounts.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticatePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEMO)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Liaison"
AXES_FAILURE_LIMIT, AXES_LOCKOUT_PARAMETERS = 5, ["username"]
AXES_USERNAME_CALLABLE = "accounts.locks.attempted_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "password", "next", "csrfmiddlewaretoken"]
AXES_COOLOFF_TIME = None if CJIS_PROFILE else timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# Or somebody who keeps guessing keeps the account locked.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "429_locked.html"
AXES_DISABLE_ACCESS_LOG = True
# One account is locked, not one address: an attacker has many addresses, a station has one.
SILENCED_SYSTEM_CHECKS = ["axes.W006", "security.W021"]  # W021: to enter the browsers' own list is the domain's to ask.
SESSION_IDLE = timedelta(minutes=min(30, max(15, env.int("SESSION_IDLE_MINUTES", default=30))))
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Seconds after which a process notices that another one changed a word of a controlled list.
LISTS_READ_AGAIN = 5
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers and cookies ------------------------------------------------------------------------------------------------
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}session", f"{COOKIE_PREFIX}csrf"
LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME = f"{COOKIE_PREFIX}language", f"{COOKIE_PREFIX}theme"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS = (31_536_000 if HTTPS else 0), HTTPS
# Under "no-referrer" Chromium posts forms with "Origin: null", which the CSRF check refuses; other sites learn nothing.
SECURE_REFERRER_POLICY = "same-origin"
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(TRUST_PROXY)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
OURS = ("script-src", "style-src", "font-src", "connect-src", "form-action", "manifest-src")
NOBODY = {name: [NONE] for name in ("default-src", "base-uri", "frame-ancestors")}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": NOBODY | {name: [SELF] for name in OURS} | {"img-src": [SELF, "data:"]}}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "microphone", "payment", "usb", "display-capture", "midi")}
NEEDED = ("geolocation", "publickey-credentials-get", "publickey-credentials-create")
PERMISSIONS_POLICY |= {name: ["self"] for name in NEEDED}

# Languages, time, static files ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "core.formats"
TIME_ZONE = env("TIME_ZONE", default="America/New_York")
PAPER = env("PAPER", default="us-letter")
PHONE_REGION = env("PHONE_REGION", default="US")
STATIC_URL, STATIC_ROOT = "static/", BASE_DIR / "static_build"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", BASE_DIR / "static_vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = LIAISON_HOME / "files"

# Mail and text messages ----------------------------------------------------------------------------------------------
MAIL_FOLDER = LIAISON_HOME / "mail"
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{MAIL_FOLDER}" if DEMO else "smtp://localhost:25"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="Liaison <liaison@example.org>")
NEUTRAL_FROM_EMAIL = env("EMAIL_FROM_NEUTRAL", default="")
SMS_URL, CHAT_URL = env("SMS_URL", default=""), env("CHAT_URL", default="")
INBOUND_KEYS = env.dict("INBOUND_KEYS", default={})
SOCIAL_URLS = env.dict("SOCIAL_URLS", default={})
AUDIT_HEADS = env("AUDIT_HEADS", default=str(LIAISON_HOME / "audit-heads"))
AUDIT_SYSLOG = env("AUDIT_SYSLOG", default="")
RETENTION = env.dict("RETENTION_DAYS", cast={"value": int}, default={})

# Logs: one JSON object a line, never a body, never a name ------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"axes": {"level": "CRITICAL"}},
}
