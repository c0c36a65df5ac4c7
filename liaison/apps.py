from django.apps import AppConfig

from liaison.celery import app as celery

__all__ = ["LiaisonConfig", "celery"]


class LiaisonConfig(AppConfig):
    """Every process that runs Django knows the queue through this import; what builds and supervises needs neither."""

    name = "liaison"
