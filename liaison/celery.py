"""The Celery application: beat only ticks, in UTC; business time lives in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

app = Celery("liaison")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Or whoever rings the bell, a page for example, would wait six seconds for a Redis that is down.
app.conf.broker_transport_options = app.conf.broker_transport_options | {"max_retries": 1, "interval_start": 0}
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="regular")
app.conf.beat_schedule = {
    "core-seal-audit": {"task": "core.regular.seal_audit", "schedule": 30.0, "options": {"expires": 30}},
    "core-jobs": {"task": "core.jobs.run_jobs", "schedule": 30.0, "options": {"expires": 30}},
    "core-purge": {"task": "core.regular.purge", "schedule": 3600.0, "options": {"expires": 3600}},
    "desk-disposal": {"task": "desk.tasks.remind_of_disposal", "schedule": 3600.0},
    "notices-tick": {"task": "notices.regular.tick", "schedule": 30.0, "options": {"expires": 30}},
    "cases-silence": {"task": "cases.tasks.flag_silent_cases", "schedule": 3600.0},
    "cases-reviews": {"task": "cases.tasks.ask_for_reviews", "schedule": 3600.0},
    "cases-meetings": {"task": "cases.tasks.check_meetings_ahead", "schedule": 3600.0},
    "cases-safe-contact": {"task": "cases.tasks.ask_for_safe_contact", "schedule": 3600.0},
    "portal-posts": {"task": "portal.tasks.send_posts", "schedule": 30.0, "options": {"expires": 30}},
    "events-offers": {"task": "events.tasks.let_offers_lapse", "schedule": 60.0, "options": {"expires": 60}},
    "events-clearances": {"task": "events.tasks.check_clearances", "schedule": 3600.0},
    "events-consents": {"task": "events.tasks.ask_for_consents", "schedule": 3600.0},
    "accounts-unused": {"task": "accounts.tasks.ask_about_unused_accounts", "schedule": 3600.0},
    "accounts-sessions": {"task": "accounts.tasks.clear_ended_sessions", "schedule": 3600.0},
    "desk-hand-on-cases": {"task": "desk.tasks.hand_on_cases", "schedule": 300.0, "options": {"expires": 300}},
}
