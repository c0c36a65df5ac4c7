from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "events"

    def ready(self):
        # Every app says what an event that is moved or called off means for what is its own.
        autodiscover_modules("event_changes")
