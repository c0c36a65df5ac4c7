from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self):
        # Every app registers the messages it sends and what it knows of the health of the installation.
        autodiscover_modules("mails")
        autodiscover_modules("health")
